# doorstep_room(<folder> SOURCES a.cpp ... [NEEDS <folder or library> ...])
#   One static library per folder of the house, named after it: the room
#   sync/store is the target sync-store.  Sources are listed by hand, so that a
#   new file is a decision.
function(doorstep_room folder)
  cmake_parse_arguments(room "" "" "SOURCES;NEEDS" ${ARGN})
  string(REPLACE "/" "-" target ${folder})
  add_library(${target} STATIC ${room_SOURCES})
  _doorstep_alone(${room_SOURCES})
  _doorstep_link(${target} PUBLIC ${room_NEEDS})
endfunction()

# doorstep_program(<name> SOURCES ... NEEDS ...): an executable in bin/.
function(doorstep_program name)
  cmake_parse_arguments(program "" "" "SOURCES;NEEDS" ${ARGN})
  add_executable(${name} ${program_SOURCES})
  _doorstep_alone(${program_SOURCES})
  _doorstep_link(${name} PRIVATE ${program_NEEDS})
endfunction()

# doorstep_test(<folder> SOURCES ... [NEEDS ...] [THREADS] [TIMEOUT s])
#   The Catch2 tests of a room: the executable test-sync-store and the ctest of
#   the same name.  THREADS puts it into the tsan preset.
function(doorstep_test folder)
  if(NOT DOORSTEP_TESTS)
    return()
  endif()
  cmake_parse_arguments(test "THREADS" "TIMEOUT" "SOURCES;NEEDS" ${ARGN})
  string(REPLACE "/" "-" target test-${folder})
  if(NOT test_TIMEOUT)
    set(test_TIMEOUT 900)  # a hang, not slowness: machines differ
  endif()
  add_executable(${target} ${test_SOURCES})
  _doorstep_alone(${test_SOURCES})
  _doorstep_link(${target} PRIVATE ${test_NEEDS} Catch2::Catch2WithMain)
  add_test(NAME ${target} COMMAND ${target} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${target} PROPERTIES TIMEOUT ${test_TIMEOUT} ENVIRONMENT "${DOORSTEP_TEST_ENVIRONMENT}")
  if(test_THREADS)
    set_tests_properties(${target} PROPERTIES LABELS threads)
    add_dependencies(threaded-tests ${target})
  endif()
endfunction()

# Leaks inside libraries that we do not build, each with its reason in the file.
set(DOORSTEP_TEST_ENVIRONMENT
  "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/support/lsan.supp:print_suppressions=0;TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/support/tsan.supp")

# doorstep_test_on_postgresql(<folder>): the same tests once more, with every database of theirs on a
#   real PostgreSQL (tests/support/postgres_server.h).
function(doorstep_test_on_postgresql folder)
  if(NOT DOORSTEP_TESTS)
    return()
  endif()
  string(REPLACE "/" "-" target test-${folder})
  add_test(NAME ${target}-postgresql COMMAND ${target} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${target}-postgresql PROPERTIES TIMEOUT 900 SKIP_RETURN_CODE 77
    ENVIRONMENT "DOORSTEP_ENGINE=postgresql;${DOORSTEP_TEST_ENVIRONMENT}")
endfunction()

add_custom_target(threaded-tests)

function(_doorstep_link target visibility)
  target_link_libraries(${target} ${visibility} doorstep_flags)
  foreach(need IN LISTS ARGN)
    string(REPLACE "/" "-" library ${need})
    target_link_libraries(${target} ${visibility} ${library})
  endforeach()
endfunction()
