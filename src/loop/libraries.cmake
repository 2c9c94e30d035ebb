target_link_libraries(apiary_loop ${scope} PkgConfig::LIBEVENT)
