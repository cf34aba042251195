# SPDX-License-Identifier: MIT
# sluice_embed(<target> FOLDER <folder> [PATTERN <glob>] HEADER <file> FUNCTION <name>): puts every file under <folder> that
# matches into the target, behind the function that <file> declares: `std::span<const embedded::File> <name>();`
#
# The assembler includes the files as they are; a C++ array of their octets would take the compiler a minute.
function(sluice_embed target)
  cmake_parse_arguments(arg "" "FOLDER;PATTERN;HEADER;FUNCTION" "" ${ARGN})
  if(NOT arg_PATTERN)
    set(arg_PATTERN *)
  endif()
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${arg_FOLDER}/${arg_PATTERN})
  list(SORT files)
  string(REPLACE "::" "_" prefix ${arg_FUNCTION})
  set(assembly ".section .rodata\n")
  set(declarations "")
  set(entries "")
  set(index 0)
  foreach(file ${files})
    cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${arg_FOLDER} OUTPUT_VARIABLE name)
    set(symbol ${prefix}_${index})
    string(APPEND assembly ".globl ${symbol}\n.globl ${symbol}_end\n.hidden ${symbol}\n.hidden ${symbol}_end\n"
      "${symbol}:\n.incbin \"${file}\"\n${symbol}_end:\n.byte 0\n")
    string(APPEND declarations "extern \"C\" const char ${symbol}[];\nextern \"C\" const char ${symbol}_end[];\n")
    string(APPEND entries
      "      {\"/${name}\", {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  string(APPEND assembly ".section .note.GNU-stack,\"\",@progbits\n")
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${prefix})
  file(CONFIGURE OUTPUT ${out}.S CONTENT "${assembly}" @ONLY)
  file(CONFIGURE OUTPUT ${out}.cpp @ONLY CONTENT "// Made by embed.cmake.
#include \"${arg_HEADER}\"

#include <cstddef>
#include <vector>

${declarations}
std::span<const sluice::plugins::embedded::File> ${arg_FUNCTION}() {
  static const std::vector<sluice::plugins::embedded::File> files{
${entries}  };
  return files;
}
")
  set_source_files_properties(${out}.S PROPERTIES OBJECT_DEPENDS "${files}")
  target_sources(${target} PRIVATE ${out}.S ${out}.cpp)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/plugins PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  if(NOT files)
    message(STATUS "${target}: built without files, because ${arg_FOLDER} has none")
  endif()
endfunction()
