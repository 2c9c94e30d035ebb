set_source_files_properties(
  ${folder}/chart_test.cc
  PROPERTIES COMPILE_DEFINITIONS
             "APIARY_EXAMPLES=\"${CMAKE_SOURCE_DIR}/examples\";APIARY_CHARTS=\"${folder}/golden\"")
