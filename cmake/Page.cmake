# apiary_page(TARGET): builds the page in web/ by npm and puts its files into TARGET, as page_files()
# of src/web/page_files.h. Without npm, or with -DAPIARY_PAGE=OFF, the program has no page and says so.
option(APIARY_PAGE "Build the page into the program (takes npm)" ON)

function(apiary_page target)
  find_program(NPM npm)
  set(folder ${CMAKE_SOURCE_DIR}/web)
  set(generated ${CMAKE_BINARY_DIR}/page_files.cc)
  if(NOT APIARY_PAGE OR NOT NPM OR NOT EXISTS ${folder}/package.json)
    if(APIARY_PAGE)
      message(STATUS "There is no npm: `apiary run --web` will have no page, only its interfaces")
    endif()
    file(WRITE ${generated} "#include \"web/page_files.h\"\n\nnamespace apiary {\n\n"
                            "std::span<const PageFile> page_files() { return {}; }\n\n}  // namespace apiary\n")
    target_sources(${target} PRIVATE ${generated})
    return()
  endif()
  # All build folders of a checkout share the page: it is the same for all.
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/src/* ${folder}/public/*)
  list(APPEND sources ${folder}/index.html ${folder}/package.json ${folder}/package-lock.json
       ${folder}/vite.config.ts ${folder}/tsconfig.json)
  add_custom_command(
    OUTPUT ${generated}
    COMMAND ${CMAKE_SOURCE_DIR}/tools/build_page ${folder} ${generated}
    DEPENDS ${sources} ${CMAKE_SOURCE_DIR}/tools/build_page ${folder}/embed.mjs
    COMMENT "Building the page"
    VERBATIM)
  target_sources(${target} PRIVATE ${generated})
endfunction()
