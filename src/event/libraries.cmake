target_link_libraries(apiary_event ${scope} PkgConfig::NETTLE)  # SHA-1 for community ids
