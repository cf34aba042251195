# SPDX-License-Identifier: MIT
# sluice_add_plugin(<name> SOURCES <file>... [DEPENDS <target>...] [CHECK_CONFIG <file>]): builds <name>.so.
#
# The file exports one symbol, has no undefined ones, and carries its own copy of nothing that the host would share.
# Where tests are enabled and the server is known, a test "check-plugin-<name>" has the server examine the file. The
# server is the target `sluice`, or SLUICE_EXECUTABLE, or `sluice` on the PATH.
#
# A component that cannot be made has not been examined: the test fails unless each is made, with the defaults of its
# schema or with what CHECK_CONFIG says. That is the file for `check-plugin --config`, YAML or JSON. The test runs in the
# file's folder, so that it may name others beside it.
#
#   SLUICE_PLUGIN_OUTPUT_DIRECTORY   where the file goes; otherwise beside other libraries

function(sluice_add_plugin name)
  cmake_parse_arguments(arg "" "CHECK_CONFIG" "SOURCES;DEPENDS" ${ARGN})
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "sluice_add_plugin(${name}): want SOURCES <file>...")
  endif()
  set(version_script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE sluice::sdk ${arg_DEPENDS})
  if(TARGET sluice_options)
    target_link_libraries(${name} PRIVATE sluice_options)
  endif()
  if(TARGET sluice_plugin_pch)
    target_precompile_headers(${name} REUSE_FROM sluice_plugin_pch)
  endif()
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so"
    CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${version_script})
  if(SLUICE_PLUGIN_OUTPUT_DIRECTORY)
    set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${SLUICE_PLUGIN_OUTPUT_DIRECTORY})
  endif()
  target_link_options(${name} PRIVATE -Wl,--version-script=${version_script})
  if(NOT SLUICE_SANITIZE)  # a sanitizer's runtime stays undefined until the program brings it
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()
  sluice_check_plugin_(${name} "${arg_CHECK_CONFIG}")
endfunction()

function(sluice_check_plugin_ name config)
  if(TARGET sluice)
    set(server $<TARGET_FILE:sluice>)
  else()
    find_program(SLUICE_EXECUTABLE sluice DOC "The Sluice server, for check-plugin")
    set(server ${SLUICE_EXECUTABLE})
  endif()
  if(NOT server)
    return()
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR})
  if(config)
    cmake_path(ABSOLUTE_PATH config BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    cmake_path(GET config PARENT_PATH folder)
    set(config --config ${config})
  endif()
  add_test(NAME check-plugin-${name} COMMAND ${server} check-plugin $<TARGET_FILE:${name}> ${config}
    WORKING_DIRECTORY ${folder})
  set_tests_properties(check-plugin-${name} PROPERTIES TIMEOUT 60 LABELS plugin
    FAIL_REGULAR_EXPRESSION "give --config FILE")  # the note on a component that was not made
endfunction()
