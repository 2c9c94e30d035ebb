# apiary_module(NAME [DEPENDS FOLDER...]): the library of src/NAME and the tests beside its code.
#   *.cc            the library apiary_NAME (an interface library where there are only headers)
#   *_test.cc       the test program NAME_test
#   *_benchmark.cc  the benchmark program NAME_benchmark
#   *_fuzz.cc       a fuzz target, if the compiler is clang
# LIBRARIES of a module that needs one from outside are linked in its own CMakeLists.txt.
function(apiary_module name)
  cmake_parse_arguments(MODULE "" "" "DEPENDS" ${ARGN})
  set(folder ${CMAKE_SOURCE_DIR}/src/${name})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cc)
  file(GLOB headers CONFIGURE_DEPENDS ${folder}/*.h)
  file(GLOB tests CONFIGURE_DEPENDS ${folder}/*_test.cc)
  file(GLOB benchmarks CONFIGURE_DEPENDS ${folder}/*_benchmark.cc)
  file(GLOB fuzzers CONFIGURE_DEPENDS ${folder}/*_fuzz.cc)
  list(REMOVE_ITEM sources ${tests} ${benchmarks} ${fuzzers} "")

  list(TRANSFORM MODULE_DEPENDS PREPEND apiary_ OUTPUT_VARIABLE libraries)
  set(target apiary_${name})
  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
    apiary_warnings(${target})
    apiary_fuzzable(${target})
    apiary_in_batches(${target})
    if("posix" IN_LIST MODULE_DEPENDS AND CMAKE_BUILD_TYPE STREQUAL Debug)
      target_compile_options(${target} PRIVATE -O0)  # waits more than it works, and compiles sooner
    endif()
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR}/src FILES ${headers})
  target_link_libraries(${target} ${scope} ${libraries} fmt::fmt tl::expected tsl::robin_map)
  if(EXISTS ${folder}/libraries.cmake)
    include(${folder}/libraries.cmake)  # outside libraries that only this folder knows
  endif()

  if(tests AND APIARY_TESTS)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${target})
    apiary_test(${name}_test)
    if(EXISTS ${folder}/exactness_test.cc)
      set_source_files_properties(${folder}/exactness_test.cc PROPERTIES  # a million packets
                                  COMPILE_OPTIONS -O1 SKIP_PRECOMPILE_HEADERS ON)
    endif()
    add_test(NAME ${name} COMMAND ${name}_test)
  endif()
  if(benchmarks AND APIARY_BENCHMARKS)
    add_executable(${name}_benchmark ${benchmarks})
    target_link_libraries(${name}_benchmark PRIVATE ${target} benchmark::benchmark_main)
    apiary_warnings(${name}_benchmark)
  endif()
  if(APIARY_TESTS)
    foreach(source ${fuzzers})
      cmake_path(GET source STEM fuzzer)  # config_fuzz
      apiary_fuzzer(${fuzzer} ${source} ${target})
    endforeach()
  endif()
endfunction()

# Compiles many files of a library in one go, which takes a third of the time.
function(apiary_in_batches target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${APIARY_UNITY} UNITY_BUILD_BATCH_SIZE 16)
endfunction()

# What all test programs have in common: they compile quickly, or each change would take its time.
function(apiary_test target)
  if(NOT TARGET test_headers)
    file(WRITE ${CMAKE_BINARY_DIR}/test_headers.cc "")
    add_library(test_headers OBJECT ${CMAKE_BINARY_DIR}/test_headers.cc)
    apiary_test_options(test_headers)
    target_precompile_headers(test_headers PRIVATE
      <algorithm> <chrono> <functional> <map> <memory> <optional> <string> <variant> <vector>
      <fmt/format.h> <gtest/gtest.h> <tl/expected.hpp> <tsl/robin_map.h>)
  endif()
  apiary_test_options(${target})
  target_precompile_headers(${target} REUSE_FROM test_headers)
endfunction()

function(apiary_test_options target)
  target_link_libraries(${target} PRIVATE fmt::fmt tl::expected tsl::robin_map GTest::gtest_main)
  target_compile_options(${target} PRIVATE -O0)
  apiary_warnings(${target})
endfunction()

# apiary_fuzzer(NAME SOURCE LIBRARY...): a fuzz target NAME_fuzz that begins with the files in fuzz/NAME.
# They are run over as a fast test, and for a while anew as a slow one. libFuzzer comes with clang.
function(apiary_fuzzer fuzzer source)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    return()
  endif()
  string(REGEX REPLACE "_fuzz$" "" name ${fuzzer})
  add_executable(${fuzzer} ${source})
  target_link_libraries(${fuzzer} PRIVATE ${ARGN})
  target_link_options(${fuzzer} PRIVATE -fsanitize=fuzzer)
  apiary_warnings(${fuzzer})
  apiary_fuzzable(${fuzzer})
  set(corpora ${CMAKE_SOURCE_DIR}/fuzz/${name})
  set(found ${CMAKE_SOURCE_DIR}/fuzz/found/${name}.tar.xz)
  if(EXISTS ${found})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${found})
    file(ARCHIVE_EXTRACT INPUT ${found} DESTINATION ${CMAKE_BINARY_DIR}/fuzz_found)
    list(APPEND corpora ${CMAKE_BINARY_DIR}/fuzz_found/${name})
  endif()
  add_test(NAME ${fuzzer} COMMAND ${fuzzer} -runs=0 ${corpora})
  add_test(NAME ${fuzzer}_afresh COMMAND ${CMAKE_SOURCE_DIR}/fuzz/run $<TARGET_FILE:${fuzzer}> 20)
  # One at a time: what else runs then mostly waits, or measures time.
  set_tests_properties(${fuzzer}_afresh PROPERTIES LABELS slow RESOURCE_LOCK core)
endfunction()
