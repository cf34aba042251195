# SPDX-License-Identifier: MIT
# One interface target that carries what every target of this tree is compiled with.
add_library(sluice_options INTERFACE)
target_compile_features(sluice_options INTERFACE cxx_std_20)
target_compile_options(sluice_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
  $<$<BOOL:${SLUICE_WERROR}>:-Werror>
  # What ccache asks for, so that it may keep objects made with precompiled headers.
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>
  "$<$<COMPILE_LANG_AND_ID:CXX,Clang>:SHELL:-Xclang -fno-pch-timestamp>"
  # With a precompiled header in memory g++ would look for garbage so early that it costs a tenth of its time.
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:--param=ggc-min-heapsize=524288>)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(SLUICE_SANITIZE)
  # The checks that a sanitizer writes into the code make g++ lose sight of what was set (GCC manual, -fsanitize).
  target_compile_options(sluice_options INTERFACE -fsanitize=${SLUICE_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized>)
  target_link_options(sluice_options INTERFACE -fsanitize=${SLUICE_SANITIZE})
endif()

# A precompiled header only fits sources that are compiled with the same definitions, and some use Poco.
set(SLUICE_PCH_DEFINITIONS $<TARGET_PROPERTY:Poco::Foundation,INTERFACE_COMPILE_DEFINITIONS>)

# sluice_add_library(<name> SOURCES ... DEPENDS ...): one static library of the server, namespace target
# sluice::<name>.
function(sluice_add_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(sluice_${name} STATIC ${arg_SOURCES})
  add_library(sluice::${name} ALIAS sluice_${name})
  target_include_directories(sluice_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(sluice_${name} PRIVATE sluice_options PUBLIC sluice::sdk ${arg_DEPENDS})
  target_compile_definitions(sluice_${name} PRIVATE ${SLUICE_PCH_DEFINITIONS})
  target_precompile_headers(sluice_${name} REUSE_FROM sluice_core_pch)
endfunction()

# Tests are compiled more often than they run for long: what they test keeps its optimisation. -fPIE: what programs and
# their libraries share.
set(SLUICE_TEST_OPTIONS $<$<CONFIG:RelWithDebInfo>:-O0> -fPIE)

# sluice_add_precompiled_header_(<target> <header> [LINKS ...] [OPTIONS ...]): one for all targets that REUSE_FROM it.
function(sluice_add_precompiled_header_ target header)
  cmake_parse_arguments(arg "" "" "LINKS;OPTIONS" ${ARGN})
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/pch/empty.cpp CONTENT "")
  add_library(${target} OBJECT EXCLUDE_FROM_ALL ${CMAKE_CURRENT_BINARY_DIR}/pch/empty.cpp)
  target_link_libraries(${target} PRIVATE sluice_options sluice::sdk ${arg_LINKS})
  target_compile_options(${target} PRIVATE ${arg_OPTIONS})
  # By the include path: the generated header names no folder, so that ccache serves checkouts in different ones.
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_precompile_headers(${target} PRIVATE <cmake/${header}>)
endfunction()

# A precompiled header fits what is compiled with the same options: libraries (-fPIC), plugins (hidden), tests (-fPIE).
function(sluice_add_precompiled_headers)
  sluice_add_precompiled_header_(sluice_core_pch core_pch.hpp LINKS Poco::Foundation prometheus-cpp::core OpenSSL::SSL)
  if(SLUICE_BUILD_PLUGINS)
    sluice_add_precompiled_header_(sluice_plugin_pch plugin_pch.hpp)
    set_target_properties(sluice_plugin_pch PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  endif()
  if(SLUICE_BUILD_TESTS)
    find_package(GTest REQUIRED)
    sluice_add_precompiled_header_(sluice_test_pch test_pch.hpp
      LINKS GTest::gmock Poco::Foundation prometheus-cpp::core OpenSSL::SSL OPTIONS ${SLUICE_TEST_OPTIONS})
    sluice_add_precompiled_header_(sluice_sdk_test_pch sdk_test_pch.hpp
      LINKS GTest::gmock OPTIONS ${SLUICE_TEST_OPTIONS})
    set_target_properties(sluice_test_pch sluice_sdk_test_pch PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  endif()
endfunction()

# How tests are compiled, and what they share. The tests of the SDK and of plugins, which use its fakes, include other
# things than those of core/.
function(sluice_compile_as_test_ target)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE sluice_options PUBLIC sluice::sdk ${arg_DEPENDS} GTest::gmock)
  # g++ 12 sees overruns in std::string's own operators once it has inlined them into a test (GCC bugs 105329, 105562).
  target_compile_options(${target} PRIVATE ${SLUICE_TEST_OPTIONS}
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-array-bounds> $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized>)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  if(arg_SOURCES MATCHES "\\.c(;|$)")  # C sources would want a header of their own
    return()
  endif()
  if("sluice::sdk_testing" IN_LIST arg_DEPENDS)
    target_precompile_headers(${target} REUSE_FROM sluice_sdk_test_pch)
  else()
    target_compile_definitions(${target} PRIVATE ${SLUICE_PCH_DEFINITIONS})
    target_precompile_headers(${target} REUSE_FROM sluice_test_pch)
  endif()
endfunction()

# sluice_add_test_library(<name> SOURCES ... [DEPENDS ...]): what several tests share, compiled once; namespace target
# sluice::<name>.
function(sluice_add_test_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(sluice_${name} STATIC ${arg_SOURCES})
  add_library(sluice::${name} ALIAS sluice_${name})
  sluice_compile_as_test_(sluice_${name} SOURCES ${arg_SOURCES} DEPENDS ${arg_DEPENDS})
endfunction()

# sluice_add_test(<name> SOURCES ... DEPENDS ... [LABELS ...] [TIMEOUT s]): one GoogleTest program, one ctest.
function(sluice_add_test name)
  cmake_parse_arguments(arg "SERIAL" "TIMEOUT" "SOURCES;DEPENDS;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  if(SLUICE_SANITIZE)  # takes several times as long
    math(EXPR arg_TIMEOUT "4 * ${arg_TIMEOUT}")
  endif()
  add_executable(${name} ${arg_SOURCES})
  sluice_compile_as_test_(${name} SOURCES ${arg_SOURCES} DEPENDS ${arg_DEPENDS})
  target_link_libraries(${name} PRIVATE GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  # One ctest per program, not per case: thousands of process starts would cost more than the tests.
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}" RUN_SERIAL ${arg_SERIAL})
endfunction()
