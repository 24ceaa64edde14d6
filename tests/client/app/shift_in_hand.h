// A shift on a real folder with a street of ten doors, worked as the screens work it;
// the other end of its line is whatever a test puts there.
#pragma once

#include <catch2/catch.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/app/shift.h"
#include "sync/vault/sealed_box.h"
#include "tests/support/temporary_folder.h"

namespace doorstep::test {

constexpr std::int64_t saturday_at_ten = 1'795'255'200'000;  // 21 November 2026, in UTC

class Answering final : public HttpClient {
public:
    using Reply = std::function<Result<HttpReply>(const HttpRequest&)>;
    explicit Answering(Reply reply) : reply_(std::move(reply)) {}
    Result<HttpReply> exchange(const HttpRequest& request) override { return reply_(request); }

private:
    Reply reply_;
};

// Who holds the row keys, and keeps no room on the disk.
ShiftOptions with_keys(ShiftOptions options);

// Loads a street into a store by the program's own commands.
struct StreetOnDisk {
    explicit StreetOnDisk(const std::string& programme = "safer_streets");
    void enrol(const TabletIdentity& identity);
    // Contacts of an earlier day: number 0 at "1 Rookery Way", each at a home of its own.
    void tried_before(int contacts);
    // Of the borough: a table as `doorstep load-addresses` reads it.
    void addresses(const std::string& csv);
    TemporaryFolder folder;
    ManualClock clock{saturday_at_ten, 0};
    SeededRandom random{11};
};

struct ShiftInHand : StreetOnDisk {
    explicit ShiftInHand(const std::string& programme = "safer_streets");  // not opened yet
    void open();
    ShiftOptions options() const;
    void reopen();  // as after kill -9
    void act(const Intent& intent) { shift->act(intent); }
    // The line: all that is asked is answered, until nothing is asked any more.
    void answer(const Answering::Reply& reply);

    const View& view() const { return *shift->view(); }
    template<class Screen>
    const Screen& screen() const {
        INFO(view().place << ": " << (view().notice ? view().notice->words : "no notice"));
        REQUIRE(std::holds_alternative<Screen>(view().screen));
        return std::get<Screen>(view().screen);
    }
    std::string notice() const { return view().notice ? view().notice->words : std::string{}; }
    const DoorRow& row(const std::string& place) const;  // of the doors in sight
    void to_the_doors();
    void to_door(const std::string& place);
    void record(const std::string& place, ContactOutcome outcome);
    void start(const std::string& place);  // a questionnaire there
    void give(const std::string& name, const std::string& text);
    Answer answer_to(const std::string& name);
    // Pages on until a question of that name is in sight.
    void turn_to(const std::string& name);
    // A whole questionnaire: an alarm is missing, the fire service is agreed to.
    void finish_one(const std::string& place);

    Wordings wordings;
    std::string questionnaires;  // empty: the shipped ones
    std::vector<std::shared_ptr<const View>> published;
    std::unique_ptr<Shift> shift;
};

}  // namespace doorstep::test
