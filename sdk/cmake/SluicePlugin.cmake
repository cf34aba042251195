# SPDX-License-Identifier: MIT
# sluice_add_plugin(<name> SOURCES <file>... [DEPENDS <target>...]): builds lib/sluice/plugins/<name>.so.
#
# The file exports one symbol, has no undefined ones, and carries its own copy of nothing that the host would share.
set(SLUICE_PLUGIN_VERSION_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/plugin.map)

function(sluice_add_plugin name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE sluice::sdk ${arg_DEPENDS})
  if(TARGET sluice_options)
    target_link_libraries(${name} PRIVATE sluice_options)
  endif()
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so"
    CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${SLUICE_PLUGIN_VERSION_SCRIPT})
  if(SLUICE_PLUGIN_OUTPUT_DIRECTORY)
    set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${SLUICE_PLUGIN_OUTPUT_DIRECTORY})
  endif()
  target_link_options(${name} PRIVATE -Wl,--version-script=${SLUICE_PLUGIN_VERSION_SCRIPT})
  if(NOT SLUICE_SANITIZE)  # a sanitizer's runtime stays undefined until the program brings it
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()
endfunction()
