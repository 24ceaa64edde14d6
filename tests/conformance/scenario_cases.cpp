#include "tests/conformance/scenario_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "forms/base/clock.h"
#include "forms/base/random.h"
#include "forms/desk/attachments.h"
#include "forms/desk/files.h"
#include "tests/conformance/scenario_state.h"
#include "tests/conformance/submission_text.h"

namespace doorstep::conformance {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

// 2026-11-20T18:15:00-07:00: some values hold the day on which they were recorded.
constexpr std::int64_t recorded_at_ms = 1'795'223'700'000;
constexpr int phoenix_minutes = -7 * 60;
constexpr std::uint64_t seed = 20'261'120;

std::string text_of(const json& line, const char* field) {
    const auto found = line.find(field);
    return found != line.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

// These begin from a saved record that is not in the case.
bool may_begin_from_a_record(const std::string& file) {
    constexpr std::array names{"instance-edit.", "instance-input.", "set-value-action.", "binary-input."};
    return std::any_of(names.begin(), names.end(),
                       [&](const char* name) { return file.find(name) != std::string::npos; });
}

// "[object File]": the answer itself was not recorded, only what became of it.
bool is_object(const json& argument) {
    return argument.is_string() && argument.get<std::string>().starts_with("[object ");
}

std::string written(const json& argument) {
    if (argument.is_string())
        return argument.get<std::string>();
    if (argument.is_boolean())
        return argument.get<bool>() ? "1" : "0";
    return argument.is_null() ? std::string() : argument.dump();
}

// One scenario: what was recorded beside what our session shows.
class Scenario {
public:
    Scenario(const json& line, const std::string& folder) : line_(line), folder_(folder) {}

    Outcome run() {
        if (const auto problem = load())
            return *problem;
        const json& init = line_["init"];
        for (const auto& [path, node] : init["nodes"].items())
            expected_[path] = recorded(path, node, masks_);
        std::string miss = begin({});
        if (!miss.empty() && may_begin_from_a_record(text_of(line_, "test_file")) &&
            begin(text_of(init, "instance_xml")).empty()) {
            miss.clear();
            tally_["scenarios that begin from a record"] = 1;
        }
        score(0, miss);
        for (std::size_t i = 0; session_ && i < line_["steps"].size(); ++i)
            score(i + 1, step(line_["steps"][i]));
        if (session_ && !difference(observer_->state(), Observer(*session_, masks_).state()).empty())
            return Outcome::fail("every change told", "one that was not", "a change that nobody was told");
        tally_["recorded types that are not ours"] = types_;
        Outcome outcome = first_miss_.empty() ? Outcome::pass() : Outcome::fail(where_, first_miss_, kind_);
        outcome.tally = tally_;
        return outcome;
    }

private:
    std::optional<Outcome> load() {
        const fs::path file = fs::path(folder_) / text_of(line_, "form");
        const auto xml = read_file(file.string());
        if (!xml)
            return Outcome::skip("the form was not recorded");
        std::vector<FormFault> faults;
        form_ = FormDefinition::load(*xml, attachments_in(file.parent_path().string()), faults);
        if (form_) {
            masks_ = masks_of(*form_, *xml);
            return std::nullopt;
        }
        const auto error = std::find_if(faults.begin(), faults.end(), [](const FormFault& fault) {
            return fault.diagnostic.severity == Severity::error;
        });
        if (error->diagnostic.code == "missing-attachment")
            return Outcome::skip("a file beside the form was not recorded");
        Outcome refused = Outcome::fail(
            "a form", fmt::format("{}#{}: {}", error->node, error->property, error->diagnostic.what),
            "the form is refused");
        refused.tally["steps failed"] = 1 + line_["steps"].size();
        return refused;
    }

    std::string begin(const std::string& record) {
        auto begun = record.empty() ? FormSession::begin(form_, {}, clock_, random_)
                                    : FormSession::reopen(form_, {}, clock_, random_, record);
        if (!begun)
            return begun.error().text();
        session_.emplace(std::move(*begun));
        observer_.emplace(*session_, masks_);
        return compare(line_["init"]);
    }

    std::string compare(const json& recorded_step) {
        const ScenarioState& got = observer_->state();
        if (std::string found = difference_now(recorded_step, got); !found.empty())
            return found;
        const std::string xml = text_of(recorded_step, "instance_xml");
        if (xml.empty())
            return {};
        const std::string ours = canonical(session_->submission(), masks_.values);
        const std::string wanted = canonical(xml, masks_.values);
        return ours == wanted ? std::string() : fmt::format("submission: {}, not {}", ours, wanted);
    }

    // Before a step both are equal; so only what it touches is looked at, in ours or in the
    // trace.  A long trace has thousands of nodes.
    std::string difference_now(const json& recorded_step, const ScenarioState& got) {
        auto places = observer_->take_touched();
        if (!places || !recorded_step.contains("changed")) {
            types_ = std::max(types_, other_types(expected_, got));
            return difference(expected_, got);
        }
        for (const auto& [path, changes] : recorded_step["changed"].items())
            places->insert(path);
        for (const json& path : recorded_step["removed"])
            places->insert(path.get<std::string>());
        for (const std::string& path : *places)
            if (std::string found = difference(expected_, got, path); !found.empty())
                return found;
        return {};
    }

    std::string step(const json& recorded_step) {
        for (const auto& [path, changes] : recorded_step["changed"].items()) {
            json& node = expected_[path];
            for (const auto& [field, value] : changes.items())
                node[field] = value;
            node = recorded(path, node, masks_);
        }
        for (const json& path : recorded_step["removed"])
            expected_.erase(path.get<std::string>());
        const std::string refused = perform(recorded_step);
        if (refused.empty() != recorded_step["error"].is_null())
            return refused.empty() ? "is not refused" : "is refused: " + refused;
        return compare(recorded_step);
    }

    // "" when it was done.
    std::string perform(const json& recorded_step) {
        const std::string op = text_of(recorded_step, "op");
        const json& arguments = recorded_step["args"];
        if (op == "answer")
            return answer(recorded_step);
        const std::string first = arguments.empty() ? "" : written(arguments[0]);
        if (op == "createNewRepeat")
            return said(session_->add_repeat(first));
        if (op == "setLanguage")
            return said(session_->set_language(first));
        const auto node = session_->find(first);
        if (op == "removeRepeat")
            return node ? said(session_->remove_repeat(*node)) : std::string("no such instance");
        return "unknown operation " + op;
    }

    std::string answer(const json& recorded_step) {
        const json& arguments = recorded_step["args"];
        const bool named = arguments.size() > 1;
        const std::string path = named ? written(arguments[0]) : text_of(recorded_step, "at");
        const auto node = session_->find(path);
        if (!node)
            return "no such question";
        std::string text;
        for (std::size_t i = named ? 1 : 0; i < arguments.size(); ++i)
            text += (text.empty() ? "" : " ") + written(arguments[i]);
        if (is_object(arguments.back()))
            text = text_of(expected_[path], "value");
        return said(session_->answer(*node, Answer::given(text)));
    }

    std::string said(const Result<ChangeList>& done) {
        if (!done)
            return done.error().text();
        observer_->update(*done);
        return {};
    }

    void score(std::size_t number, const std::string& miss) {
        ++tally_[miss.empty() ? "steps passed" : "steps failed"];
        if (miss.empty())
            return;
        // A step is what it changes: the next ones begin from what stands, so that one
        // difference is one miss.
        if (observer_)
            expected_ = observer_->state();
        if (!first_miss_.empty())
            return;
        first_miss_ = miss;
        where_ = number == 0
                     ? "the beginning"
                     : fmt::format("step {}: {} {}", number, text_of(line_["steps"][number - 1], "op"),
                                   line_["steps"][number - 1]["args"].dump());
        kind_ = kind_of(miss);
    }

    // "/data/a value: ..." is a miss of "value".
    static std::string kind_of(const std::string& miss) {
        const std::string head = miss.substr(0, miss.find(':'));
        const auto field = head.rfind(' ');
        if (miss.starts_with("/") && field != std::string::npos && head.find("#") == std::string::npos)
            return "another " + head.substr(field + 1);
        return miss.starts_with("/") ? "another node" : head;
    }

    const json& line_;
    const std::string& folder_;
    const ManualClock clock_{recorded_at_ms, phoenix_minutes};
    SeededRandom random_{seed};
    std::shared_ptr<const FormDefinition> form_;
    Masks masks_;
    std::optional<FormSession> session_;
    std::optional<Observer> observer_;
    ScenarioState expected_;
    std::map<std::string, std::size_t> tally_;
    std::size_t types_ = 0;
    std::string first_miss_, where_, kind_;
};

bool is_scenario(const json& line) {
    const auto well_formed = [](const json& step) {
        return step.is_object() && step.contains("op") && step.contains("args") && step["args"].is_array() &&
               step.contains("error") && step.contains("changed") && step["changed"].is_object() &&
               step.contains("removed") && step["removed"].is_array();
    };
    return line.is_object() && line.contains("form") && line.contains("init") && line["init"].is_object() &&
           line["init"].contains("nodes") && line["init"]["nodes"].is_object() && line.contains("steps") &&
           line["steps"].is_array() && std::all_of(line["steps"].begin(), line["steps"].end(), well_formed);
}

}  // namespace

int run_scenarios(const Options& options) {
    std::ifstream file(options.path);
    if (!file) {
        fmt::print(stderr, "{}: cannot be read\n", options.path);
        return 2;
    }
    const std::string folder = fs::path(options.path).parent_path().string();
    std::vector<Case> cases;
    std::size_t number = 0;
    for (std::string text; std::getline(file, text);) {
        ++number;
        if (text.find_first_not_of(" \t\r") == std::string::npos)
            continue;
        json line = json::parse(text, nullptr, false);
        if (!is_scenario(line)) {
            fmt::print(stderr, "{}, line {}: not a scenario\n", options.path, number);
            return 2;
        }
        Case made;
        made.key = std::to_string(number);
        made.about = fs::path(text_of(line, "form")).stem().string();
        made.gate = text_of(line, "test_status") == "passed";
        made.seconds = 120;
        made.run = [line = std::move(line), &folder] { return Scenario(line, folder).run(); };
        cases.push_back(std::move(made));
    }
    return score("scenarios", cases, options);
}

}  // namespace doorstep::conformance
