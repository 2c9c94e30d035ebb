# Tests load the examples, those of the documentation, and files in the style of old ones.
set_source_files_properties(${folder}/examples_test.cc ${folder}/format_test.cc
  ${folder}/documentation_test.cc PROPERTIES COMPILE_DEFINITIONS
  "APIARY_EXAMPLES=\"${CMAKE_SOURCE_DIR}/examples\";APIARY_DOCS=\"${CMAKE_SOURCE_DIR}/docs\"")
set_source_files_properties(${folder}/old_configurations_test.cc PROPERTIES COMPILE_DEFINITIONS
  "APIARY_OLD_CONFIGURATIONS=\"${CMAKE_SOURCE_DIR}/tests/old_configurations\"")
