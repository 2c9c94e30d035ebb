# The built-in personalities are embedded in the program.
set(builtin_personalities ${CMAKE_SOURCE_DIR}/share/personalities)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${builtin_personalities})
file(READ ${builtin_personalities} BUILTIN_PERSONALITIES)
configure_file(${folder}/builtin_personalities_text.cc.in
               ${CMAKE_BINARY_DIR}/builtin_personalities_text.cc @ONLY)
target_sources(apiary_personality PRIVATE ${CMAKE_BINARY_DIR}/builtin_personalities_text.cc)
