// The thread of a running `serve` that hands referrals to their agencies, takes in what they drop,
// and raises the alarms about both.  It waits for agencies; the writer never does.
#pragma once

#include <memory>
#include <string>

#include "forms/base/result.h"
#include "sync/agencies/sender.h"
#include "sync/listener/data_folder.h"
#include "sync/listener/intake.h"

namespace doorstep {

struct SendingOptions {
    std::string journal_file;   // empty: the journal is in the store alone
    std::string alarm_command;  // empty: alarms are only logged and listed
};

class Sending {
public:
    // On the thread that owns the store, before it serves: takes over what the process before had in
    // hand.  `data` and `intake` outlive it.  An error of the journal's file.
    static Result<Sending> open(DataFolder& data, Intake& intake, const SendingOptions& options);
    Sending(Sending&&) noexcept;
    // Ends an exchange under way within a second or two.
    ~Sending();
    void start();

private:
    struct State;
    explicit Sending(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// To an agency's system, with limits that suit a referral.  `given_up` as in WebLimits, or null.
Connect connect_to_agencies(const std::atomic<bool>* given_up, std::int64_t whole_ms = 20'000);

}  // namespace doorstep
