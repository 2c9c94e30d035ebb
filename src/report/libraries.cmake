target_link_libraries(apiary_report ${scope})
