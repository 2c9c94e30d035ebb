target_link_libraries(apiary_service ${scope} PkgConfig::LIBEVENT)
