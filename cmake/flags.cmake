# How every target of ours is compiled.  Third-party targets never see this.
option(DOORSTEP_WARNINGS_ARE_ERRORS "Warnings are errors" OFF)

add_library(doorstep_flags INTERFACE)
target_compile_features(doorstep_flags INTERFACE cxx_std_20)
target_include_directories(doorstep_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(doorstep_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual
  -Wno-missing-field-initializers  # g++ 12 also fires on {.field = x}, where the rest has defaults
  $<$<BOOL:${DOORSTEP_WARNINGS_ARE_ERRORS}>:-Werror>)
target_compile_definitions(doorstep_flags INTERFACE
  $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

if(DOORSTEP_SANITIZE)
  target_compile_options(doorstep_flags INTERFACE
    -fsanitize=${DOORSTEP_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -Og -g1)
  target_link_options(doorstep_flags INTERFACE -fsanitize=${DOORSTEP_SANITIZE})
  if(DOORSTEP_SANITIZE STREQUAL "thread")
    target_compile_options(doorstep_flags INTERFACE -Wno-tsan)  # atomic fences in Asio, harmless
  endif()
endif()

# libFuzzer watches which branches an input takes; tests/fuzz adds its main().
option(DOORSTEP_FUZZ "Build the fuzz targets (needs clang)" OFF)
if(DOORSTEP_FUZZ)
  target_compile_options(doorstep_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

set(CMAKE_CXX_EXTENSIONS OFF)
