target_link_libraries(apiary_doctor ${scope} nlohmann_json::nlohmann_json PkgConfig::LIBCAPNG)
