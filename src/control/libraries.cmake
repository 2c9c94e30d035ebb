target_link_libraries(apiary_control ${scope} PkgConfig::LIBEVENT)
