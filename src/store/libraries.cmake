target_link_libraries(apiary_store ${scope} PkgConfig::SQLITE)
