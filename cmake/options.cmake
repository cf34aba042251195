# SPDX-License-Identifier: MIT
# One interface target that carries what every target of this tree is compiled with.
add_library(sluice_options INTERFACE)
target_compile_features(sluice_options INTERFACE cxx_std_20)
target_compile_options(sluice_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
  $<$<BOOL:${SLUICE_WERROR}>:-Werror>
  # What ccache asks for, so that it may keep objects made with precompiled headers.
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>
  "$<$<COMPILE_LANG_AND_ID:CXX,Clang>:SHELL:-Xclang -fno-pch-timestamp>")
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(SLUICE_SANITIZE)
  target_compile_options(sluice_options INTERFACE -fsanitize=${SLUICE_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(sluice_options INTERFACE -fsanitize=${SLUICE_SANITIZE})
endif()

# sluice_add_library(<name> [PCH] SOURCES ... DEPENDS ...): one static library of the server, namespace target
# sluice::<name>. PCH: its sources include most of cmake/core_pch.hpp.
function(sluice_add_library name)
  cmake_parse_arguments(arg "PCH" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(sluice_${name} STATIC ${arg_SOURCES})
  add_library(sluice::${name} ALIAS sluice_${name})
  target_include_directories(sluice_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(sluice_${name} PRIVATE sluice_options PUBLIC sluice::sdk ${arg_DEPENDS})
  if(arg_PCH)
    target_precompile_headers(sluice_${name} REUSE_FROM sluice_core_pch)
  endif()
endfunction()

# A precompiled header only fits sources that are compiled with the same definitions, and some tests use Poco.
set(SLUICE_TEST_DEFINITIONS $<TARGET_PROPERTY:Poco::Foundation,INTERFACE_COMPILE_DEFINITIONS>)

# Tests are compiled more often than they run for long: what they test keeps its optimisation.
set(SLUICE_TEST_OPTIONS $<$<CONFIG:RelWithDebInfo>:-O0>)

# The two precompiled headers. One is for libraries (-fPIC), the other for programs (-fPIE): they cannot be shared.
function(sluice_add_precompiled_headers)
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/pch/empty.cpp CONTENT "int main() {}\n")
  add_library(sluice_core_pch STATIC ${CMAKE_CURRENT_BINARY_DIR}/pch/empty.cpp)
  target_link_libraries(sluice_core_pch PRIVATE sluice_options sluice::sdk Poco::Net nlohmann_json::nlohmann_json)
  # By the include path: the generated header names no folder, so that ccache serves checkouts in different ones.
  target_include_directories(sluice_core_pch PRIVATE ${PROJECT_SOURCE_DIR})
  target_precompile_headers(sluice_core_pch PRIVATE <cmake/core_pch.hpp>)
  if(SLUICE_BUILD_TESTS)
    find_package(GTest REQUIRED)
    add_executable(sluice_test_pch EXCLUDE_FROM_ALL ${CMAKE_CURRENT_BINARY_DIR}/pch/empty.cpp)
    target_link_libraries(sluice_test_pch PRIVATE sluice_options sluice::sdk GTest::gmock)
    target_compile_definitions(sluice_test_pch PRIVATE ${SLUICE_TEST_DEFINITIONS})
    target_compile_options(sluice_test_pch PRIVATE ${SLUICE_TEST_OPTIONS})
    target_include_directories(sluice_test_pch PRIVATE ${PROJECT_SOURCE_DIR})
    target_precompile_headers(sluice_test_pch PRIVATE <cmake/test_pch.hpp>)
  endif()
endfunction()

# sluice_add_test(<name> SOURCES ... DEPENDS ... [LABELS ...] [TIMEOUT s]): one GoogleTest program, one ctest a case.
function(sluice_add_test name)
  cmake_parse_arguments(arg "SERIAL" "TIMEOUT" "SOURCES;DEPENDS;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE sluice_options sluice::sdk ${arg_DEPENDS} GTest::gmock GTest::gtest_main)
  # g++ 12 sees overruns in std::string's own operators once it has inlined them into a test (GCC bugs 105329, 105562).
  target_compile_options(${name} PRIVATE ${SLUICE_TEST_OPTIONS}
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-array-bounds> $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized>)
  target_compile_definitions(${name} PRIVATE ${SLUICE_TEST_DEFINITIONS})
  if(NOT arg_SOURCES MATCHES "\\.c(;|$)")  # C sources would want a header of their own
    target_precompile_headers(${name} REUSE_FROM sluice_test_pch)
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  # One ctest per program, not per case: thousands of process starts would cost more than the tests.
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}" RUN_SERIAL ${arg_SERIAL})
endfunction()
