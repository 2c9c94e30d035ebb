target_link_libraries(apiary_ask ${scope} nlohmann_json::nlohmann_json)
