# SPDX-License-Identifier: MIT
# sluice_embed_pages(<target> <folder>): puts every file under <folder> into the plugin, as pages.hpp declares it.
#
# The assembler includes the files as they are; a C++ array of their octets would take the compiler a minute.
function(sluice_embed_pages target folder)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*)
  list(SORT files)
  set(assembly ".section .rodata\n")
  set(declarations "")
  set(entries "")
  set(index 0)
  foreach(file ${files})
    cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${folder} OUTPUT_VARIABLE name)
    set(symbol sluice_page_${index})
    string(APPEND assembly ".globl ${symbol}\n.globl ${symbol}_end\n"
      "${symbol}:\n.incbin \"${file}\"\n${symbol}_end:\n.byte 0\n")
    string(APPEND declarations "extern \"C\" const char ${symbol}[];\nextern \"C\" const char ${symbol}_end[];\n")
    string(APPEND entries
      "      {\"/${name}\", {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  string(APPEND assembly ".section .note.GNU-stack,\"\",@progbits\n")
  set(out ${CMAKE_CURRENT_BINARY_DIR}/pages)
  file(CONFIGURE OUTPUT ${out}.S CONTENT "${assembly}" @ONLY)
  file(CONFIGURE OUTPUT ${out}.cpp @ONLY CONTENT "// Made by embed.cmake.
#include \"pages.hpp\"

#include <cstddef>
#include <vector>

${declarations}
namespace sluice::plugins::admin {

std::span<const Page> Pages() {
  static const std::vector<Page> pages{
${entries}  };
  return pages;
}

}  // namespace sluice::plugins::admin
")
  set_source_files_properties(${out}.S PROPERTIES OBJECT_DEPENDS "${files}")
  target_sources(${target} PRIVATE ${out}.S ${out}.cpp)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  if(NOT files)
    message(STATUS "plugins/endpoint/admin: built without pages, because ${folder} is empty (./dev build makes it)")
  endif()
endfunction()
