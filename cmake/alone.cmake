# Sources that are compiled by themselves where the others of their room are compiled eight at a time
# (CMAKE_UNITY_BUILD, every preset but fuzz: half the compiling).  Each says a name in its anonymous
# namespace that a neighbour says too; a folder: all of its do.  A new file belongs here only if its names cannot differ.
# sync/vault/sealed_row.cpp is here since the programs that do not seal replace it when they are linked.
set(DOORSTEP_ALONE
  client/app/crew.cpp
  client/casework/officers_page.cpp
  client/draw/paragraphs.cpp
  client/screens/homes.cpp
  client/ui/choice.cpp
  client/ui/scroll.cpp
  client/ui/secret_field.cpp
  client/ui/text_field.cpp
  client/wording/po_file.cpp
  forms/desk/conversation.cpp
  forms/xlsform/references.cpp
  forms/xlsform/rule_checks.cpp
  forms/xpath/functions_date.cpp
  forms/xpath/functions_geo.cpp
  forms/xpath/functions_logic.cpp
  forms/xpath/functions_node.cpp
  forms/xpath/functions_number.cpp
  forms/xpath/functions_random.cpp
  forms/xpath/functions_repeat.cpp
  forms/xpath/functions_text.cpp
  sync/endpoint/router.cpp
  sync/endpoint/subject_record.cpp
  sync/endpoint/verify_store.cpp
  sync/http/curl_client.cpp
  sync/http/proxy.cpp
  sync/http/web_client.cpp
  sync/listener/backup_files.cpp
  sync/listener/backups.cpp
  sync/listener/command_socket.cpp
  sync/listener/listener.cpp
  sync/report/lists.cpp
  sync/search/household_question.cpp
  sync/search/household_search.cpp
  sync/store/attachments.cpp
  sync/store/concern_notice.cpp
  sync/store/second_copy.cpp
  sync/store/set_back.cpp
  sync/store/sqlite_connection.cpp
  sync/store/sqlite_errors.cpp
  sync/store/standing.cpp
  sync/vault/custody_sheet.cpp
  sync/vault/endpoint_keys.cpp
  sync/vault/sealed_row.cpp
  sync/vault/sealing.cpp
  sync/vault/subject_seal.cpp
  sync/vault/vault_file.cpp
  sync/vault/vault_licence.cpp
  sync/vault/vault_shift.cpp
  sync/wire/zstd_frame.cpp
  tests/bench/forms/generated_form.cpp
  tests/bench/store/unlock_figures.cpp
  tests/bench/sync
  tests/bench/typing.cpp
  tests/client/app/commands_test.cpp
  tests/client/app/kept_test.cpp
  tests/client/app/licence_test.cpp
  tests/client/app/sync_by_itself_test.cpp
  tests/client/app/typing_test.cpp
  tests/client/draw/specimen_test.cpp
  tests/faults/log_corruption_test.cpp
  tests/forms/definition/compiled_test.cpp
  tests/forms/definition/resolve_test.cpp
  tests/forms/definition/secondary_test.cpp
  tests/forms/desk/conversation_test.cpp
  tests/forms/questionnaires
  tests/forms/workbook/workbook_test.cpp
  tests/forms/xpath/parse_test.cpp
  tests/forms/xpath/paths_test.cpp
  tests/forms/xpath/values_test.cpp
  tests/journeys/season.cpp
  tests/simulation/sim_endpoint.cpp
  tests/simulation/sim_tablet_power.cpp
  tests/simulation/cheap_libraries.cpp
  tests/sync/listener/commands_test.cpp
  tests/sync/listener/hostile_test.cpp
  tests/sync/listener/subjects_test.cpp
  tests/sync/listener/tablet_test.cpp
  tests/sync/endpoint/erasure_by_clock_test.cpp
  tests/sync/endpoint/erasure_test.cpp
  tests/sync/http/curl_client_test.cpp
  tests/sync/store/identity_file_test.cpp
  tests/sync/store/seal_plain_test.cpp
  tests/sync/store/sealed_test.cpp
  tests/sync/tablet/set_back_test.cpp
  tests/sync/vault/programs_test.cpp)

# _doorstep_alone(<source> ...), of the folder that calls.
function(_doorstep_alone)
  foreach(source IN LISTS ARGN)
    file(RELATIVE_PATH here ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/${source})
    get_filename_component(folder ${here} DIRECTORY)
    if(here IN_LIST DOORSTEP_ALONE OR folder IN_LIST DOORSTEP_ALONE)
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
endfunction()
