target_link_libraries(apiary_http ${scope} PkgConfig::LIBCAPNG ZLIB::ZLIB nlohmann_json::nlohmann_json)
include(${CMAKE_SOURCE_DIR}/cmake/Page.cmake)
apiary_page(apiary_http)
