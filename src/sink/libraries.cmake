target_link_libraries(apiary_sink ${scope} spdlog::spdlog PkgConfig::LIBPCAP ZLIB::ZLIB)
