# The warnings that are errors, and the sanitizers, for every target of ours.
function(apiary_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                           -Wnon-virtual-dtor -Wold-style-cast -Werror
                         # designated initialisers that leave members to their defaults are our idiom
                         -Wno-missing-field-initializers)
  if(APIARY_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=address,undefined -fno-omit-frame-pointer
                                            -fno-sanitize-recover=all
                           # sees ghosts in variants when the sanitizers rewrite the code
                           $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    target_link_options(${target} PUBLIC -fsanitize=address,undefined)
  endif()
endfunction()
