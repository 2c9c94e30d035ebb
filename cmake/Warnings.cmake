# Where there is a quicker linker than the compiler's own.
find_program(LLD ld.lld)
if(LLD AND CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  add_link_options(-fuse-ld=lld)
endif()

# The warnings that are errors, and the sanitizers, for every target of ours.
function(apiary_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                           -Wnon-virtual-dtor -Wold-style-cast -Werror
                         # designated initialisers that leave members to their defaults are our idiom
                         -Wno-missing-field-initializers
                         # part of -Wconversion for clang alone
                         $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>
                         # the files of a unity build are no headers
                         $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>
                         # GCC 12 sees ghosts in variants, optimizing or with sanitizers
                         $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  if(APIARY_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=${APIARY_SANITIZE} -fno-omit-frame-pointer
                                            -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${APIARY_SANITIZE})
  endif()
endfunction()

# What fuzzers steer by; the tests themselves need none of it.
function(apiary_fuzzable target)
  if(APIARY_SANITIZE MATCHES address AND CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()
