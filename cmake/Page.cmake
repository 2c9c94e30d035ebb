# apiary_page(TARGET): builds the dashboard in web/ with npm and adds its files to TARGET, as dashboard_files() of
# src/http/dashboard_files.h. Without npm, or with -DAPIARY_PAGE=OFF, the program has no dashboard and reports
# that.
option(APIARY_PAGE "Build the dashboard into the program (needs npm)" ON)

# Why the dashboard cannot be built; empty: it can.
function(apiary_no_page reason)
  find_program(NPM npm)
  find_program(NODE node)
  set(${reason} "" PARENT_SCOPE)
  if(NOT APIARY_PAGE)
    set(${reason} "APIARY_PAGE is off" PARENT_SCOPE)
  elseif(NOT NPM OR NOT NODE)
    set(${reason} "npm is missing" PARENT_SCOPE)
  else()
    execute_process(COMMAND ${NODE} --version OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE)
    string(REPLACE "v" "" version "${version}")
    if(version VERSION_LESS 18.19)  # required by Vite
      set(${reason} "it needs Node.js 18.19, and ${version} is installed" PARENT_SCOPE)
    endif()
  endif()
endfunction()

function(apiary_page target)
  set(folder ${CMAKE_SOURCE_DIR}/web)
  set(generated ${CMAKE_BINARY_DIR}/dashboard_files.cc)
  apiary_no_page(reason)
  if(reason)
    message(STATUS "`apiary run --web` has no dashboard, only its HTTP interface: ${reason}")
    execute_process(COMMAND ${CMAKE_SOURCE_DIR}/tools/build_page --none ${generated})
    target_sources(${target} PRIVATE ${generated})
    return()
  endif()
  # All build folders of a checkout share the dashboard, which is the same for all.
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/src/* ${folder}/public/*)
  list(APPEND sources ${folder}/index.html ${folder}/package.json ${folder}/package-lock.json
       ${folder}/vite.config.ts ${folder}/tsconfig.json)
  add_custom_command(
    OUTPUT ${generated}
    COMMAND ${CMAKE_SOURCE_DIR}/tools/build_page ${folder} ${generated}
    DEPENDS ${sources} ${CMAKE_SOURCE_DIR}/tools/build_page ${folder}/embed.mjs
    COMMENT "Building the dashboard"
    VERBATIM)
  target_sources(${target} PRIVATE ${generated})
endfunction()
