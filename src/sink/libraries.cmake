target_link_libraries(apiary_sink ${scope} spdlog::spdlog)  # the operator's log
