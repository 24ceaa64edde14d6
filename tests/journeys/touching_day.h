// A day of one officer with nothing but a finger: the real app on a store of its own,
// beside a real endpoint.  Ten doors, two whole questionnaires, a call back, a sync with
// the endpoint gone and back, the counts.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/app/app.h"
#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "tests/journeys/endpoint_process.h"
#include "tests/journeys/person.h"

namespace doorstep::journey {

struct TouchingOptions {
    std::string folder;    // of the endpoint and the tablet; new
    std::string pictures;  // where they go; empty: none
    int width = 1280;
    int height = 800;
    float ppi = 149;
};

// What is answered at one home: choices by value, numbers and texts as typed.
using Answers = std::map<std::string, std::string, std::less<>>;

class TouchingDay {
public:
    // `options` must outlive it.
    static Result<std::unique_ptr<TouchingDay>> begin(const TouchingOptions& options);

    Result<void> outcomes();       // six doors without a questionnaire, one of them undone
    Result<void> note();           // for whoever knocks there next, seen on the door and in the list
    Result<void> first_home();     // a whole questionnaire, with agreed referrals
    Result<void> called_back();    // one begun, put away, and gone on with
    Result<void> officers_page();  // a look at what only the officer sees
    Result<void> sync_without_and_with_endpoint();
    Result<void> review();  // counts, table, the list behind a number
    // Both tables, as printed; whether they agree.
    Result<bool> compare(std::string& printed);

    Person& person() { return *person_; }
    App& app() { return *app_; }

private:
    explicit TouchingDay(const TouchingOptions& options) : options_(options) {}
    Result<void> set_up();
    Result<void> open_app();
    Result<void> come_in();
    Result<void> outcome(const std::string& door, const std::string& words);
    Result<void> answer_pages(const Answers& answers, const std::string& picture,
                              int stop_before_page = 1000);
    Result<void> answer_page(const Answers& answers);
    Result<void> answer(const QuestionItem& item, const std::string& answer);
    Result<void> choose(const PageView& page, const QuestionItem& item, const std::string& value);
    Result<int> agree_to_everything();
    Result<void> finish();
    Result<void> home();

    const TouchingOptions& options_;
    SystemClock clock_;
    SystemRandom random_;
    std::unique_ptr<EndpointProcess> endpoint_;
    std::unique_ptr<App> app_;
    std::unique_ptr<Person> person_;
    int agreed_ = 0;
};

}  // namespace doorstep::journey
