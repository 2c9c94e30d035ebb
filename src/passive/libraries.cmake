# Our own signatures of visitors are embedded in the program.
set(own_signatures ${CMAKE_SOURCE_DIR}/share/visitors.fp)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${own_signatures})
file(READ ${own_signatures} OWN_SIGNATURES)
configure_file(${folder}/own_signatures_text.cc.in ${CMAKE_BINARY_DIR}/own_signatures_text.cc @ONLY)
target_sources(apiary_passive PRIVATE ${CMAKE_BINARY_DIR}/own_signatures_text.cc)
