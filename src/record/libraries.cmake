target_link_libraries(apiary_record ${scope} PkgConfig::NETTLE)  # SHA-1 for community ids
