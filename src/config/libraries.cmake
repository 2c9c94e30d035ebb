# The examples that users start from are loaded by a test.
set_source_files_properties(${folder}/examples_test.cc PROPERTIES
  COMPILE_DEFINITIONS "APIARY_EXAMPLES=\"${CMAKE_SOURCE_DIR}/examples\"")
