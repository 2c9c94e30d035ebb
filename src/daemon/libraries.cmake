target_link_libraries(apiary_daemon ${scope} PkgConfig::LIBEVENT PkgConfig::LIBCAPNG spdlog::spdlog)
