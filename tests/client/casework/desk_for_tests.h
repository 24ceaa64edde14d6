// A tablet with a real file, a small form and a directory: what casework works on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/casework/casework.h"
#include "sync/store/sealed_connection.h"
#include "sync/vault/sealed_box.h"
#include "tests/support/row_keys.h"

namespace doorstep::test {

// Removed at the end of its life.
struct Folder {
    Folder();
    ~Folder();
    std::string path;
};

Library small_library(const std::string& replace = {}, const std::string& by = {});

struct Tablet {
    Tablet() : Tablet(small_library()) {}
    explicit Tablet(Library forms);

    // As after kill -9 and a new start; questionnaires must be gone by then.
    void reopen();
    void enrol_without_key();

    Door a_door();
    OpenQuestionnaire open(const std::string& language = {});
    // Language, privacy step, adult, one who lives alone and an age.
    OpenQuestionnaire begun();
    std::string every_byte_on_disk() const;

    Folder folder;
    Library library;
    ManualClock clock{1'370'700'000'000, 60};  // 8 June 2013, afternoon
    SeededRandom random{7};
    KeyPair safeguarding = KeyPair::make();
    RowKeys keys = row_keys_for_tests();
    std::unique_ptr<SqlConnection> sql;
    std::unique_ptr<Store> store;
    std::unique_ptr<Casework> casework;
};

NodeRef node(const OpenQuestionnaire& at, const std::string& name);
Answer answer_to(const OpenQuestionnaire& at, const std::string& name);
bool say(OpenQuestionnaire& at, const std::string& name, const std::string& text);
bool say(OpenQuestionnaire& at, const std::string& name, AnswerKind kind);
Agreement by_resident();

const ProposedReferral* proposed(const std::vector<ProposedReferral>& all, const std::string& agency);

template<class Payload>
std::vector<Payload> of_type(const std::vector<Operation>& operations) {
    std::vector<Payload> found;
    for (const Operation& operation : operations)
        if (const auto* payload = std::get_if<Payload>(&operation.payload))
            found.push_back(*payload);
    return found;
}

}  // namespace doorstep::test
