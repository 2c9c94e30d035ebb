target_link_libraries(apiary_cli ${scope} CLI11::CLI11 nlohmann_json::nlohmann_json)
target_compile_definitions(apiary_cli PRIVATE APIARY_VERSION="${PROJECT_VERSION}")
