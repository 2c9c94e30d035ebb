target_link_libraries(apiary_report ${scope} nlohmann_json::nlohmann_json)
