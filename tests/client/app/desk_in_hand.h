// A questionnaire in hand on a real tablet with the shipped form, worked as a screen
// works it: intents in, views out.
#pragma once

#include <optional>
#include <string>

#include "client/app/sitting.h"
#include "tests/client/casework/desk_for_tests.h"

namespace doorstep::test {

// Passes everything on to the engine, until the disk is full.
class DiskThatFills final : public SqlConnection {
public:
    explicit DiskThatFills(std::unique_ptr<SqlConnection> under) : under_(std::move(under)) {}
    bool full = false;

    Engine engine() const override { return under_->engine(); }
    Result<void> script(std::string_view sql) override { return under_->script(sql); }
    Result<std::int64_t> run(std::string_view sql, std::span<const SqlParameter> parameters) override {
        return under_->run(sql, parameters);
    }
    Result<void> query(std::string_view sql, std::span<const SqlParameter> parameters,
                       const std::function<bool(const SqlRow&)>& each) override {
        return under_->query(sql, parameters, each);
    }
    Result<void> begin() override;
    Result<void> commit() override;
    void rollback() noexcept override { under_->rollback(); }
    Result<void> savepoint() override { return under_->savepoint(); }
    Result<void> release_savepoint() override { return under_->release_savepoint(); }
    void rollback_to_savepoint() noexcept override { under_->rollback_to_savepoint(); }

private:
    std::unique_ptr<SqlConnection> under_;
};

struct DeskInHand {
    DeskInHand();
    explicit DeskInHand(Library library);

    // As after kill -9: everything in memory is gone.
    void resume();
    void fill_disk(bool full);

    SittingTold act(const Intent& intent);      // REQUIRES: goes well
    std::string refused(const Intent& intent);  // the words of the error
    SittingTold say(const std::string& name, const std::string& text);
    NodeRef node(const std::string& name) const;
    Answer answer(const std::string& name) const;
    PageView page() const;
    SummaryView summary() const;
    ResidentView resident() const;
    std::optional<QuestionItem> item(const std::string& name) const;  // of the page one stands on
    void next() { act(intent::NextPage{}); }
    // Privacy step done and an adult who answers; stands on "Your home".
    void to_the_questions();
    std::optional<ReferralCard> card(const std::string& agency) const;

    Tablet tablet;
    Wordings wordings;
    DiskThatFills* disk = nullptr;
    Uuid questionnaire;
    std::unique_ptr<Sitting> sitting;

private:
    void begin();
};

}  // namespace doorstep::test
