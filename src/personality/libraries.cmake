# The built-in personalities are embedded in the program.
set(own_personalities ${CMAKE_SOURCE_DIR}/share/personalities)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${own_personalities})
file(READ ${own_personalities} OWN_PERSONALITIES)
configure_file(${folder}/builtin_personalities_text.cc.in
               ${CMAKE_BINARY_DIR}/builtin_personalities_text.cc @ONLY)
target_sources(apiary_personality PRIVATE ${CMAKE_BINARY_DIR}/builtin_personalities_text.cc)
