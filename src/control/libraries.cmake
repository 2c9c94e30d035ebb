target_link_libraries(apiary_control ${scope} PkgConfig::LIBEVENT nlohmann_json::nlohmann_json)
