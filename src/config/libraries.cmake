# The examples that users start from, and those of the documentation, are loaded by tests.
set_source_files_properties(${folder}/examples_test.cc ${folder}/format_test.cc
  ${folder}/documentation_test.cc PROPERTIES COMPILE_DEFINITIONS
  "APIARY_EXAMPLES=\"${CMAKE_SOURCE_DIR}/examples\";APIARY_DOCS=\"${CMAKE_SOURCE_DIR}/docs\"")
