# Uses a faster linker than the compiler's default, if installed.
find_program(LLD ld.lld)
if(LLD AND CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  add_link_options(-fuse-ld=lld)
endif()

# Warnings as errors, and sanitizers, for all our targets.
function(apiary_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                           -Wnon-virtual-dtor -Wold-style-cast -Werror
                         # our designated initialisers leave members to their defaults
                         -Wno-missing-field-initializers
                         # part of -Wconversion only in clang
                         $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>
                         # the files of a unity build are not headers
                         $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>
                         # GCC 12 has false positives in variants, with optimization or sanitizers
                         $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  if(APIARY_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=${APIARY_SANITIZE} -fno-omit-frame-pointer
                                            -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${APIARY_SANITIZE})
  endif()
endfunction()

# Coverage instrumentation for fuzzers; tests do not need it.
function(apiary_fuzzable target)
  if(APIARY_SANITIZE MATCHES address AND CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()
