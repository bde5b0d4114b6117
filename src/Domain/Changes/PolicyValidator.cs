using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>What must be true of documents before anybody may record them: each problem says where it is and what was expected.</summary>
public static partial class PolicyValidator
{
    /// <summary>The most days that a retention or a notice duty may state: a hundred years.</summary>
    public const int MaxDays = 36_500;

    /// <summary>The most characters of a text that may reach a notice.</summary>
    public const int MaxCharacters = 600;

    private const int MinValidSeconds = 10,
        MaxValidSeconds = 3600;

    /// <summary>Every problem that the registry would have with these documents in place of those that it holds.</summary>
    public static ImmutableArray<Refusal> Problems(GovernanceHistory history, ImmutableArray<PolicyDocument> proposed)
    {
        var problems = new List<Refusal>();
        foreach (var twice in proposed.GroupBy(document => (document.Kind, document.Id)).Where(group => group.Count() > 1))
            problems.Add(Invalid("the same document twice in one request", "each document once", twice.First().ToString()));
        foreach (var document in proposed)
            Texts(JsonNode.Parse(document.Body), document.ToString(), document.Kind == DocumentKind.Wording, problems);
        if (problems.Count > 0)
            return [.. problems];

        var governance = history.With(proposed);
        var known = new KnownReferences(governance);
        foreach (var document in proposed)
        {
            var there = new ProblemLocation(document.ToString(), problems);
            switch (document.Kind)
            {
                case DocumentKind.Instrument:
                    Check(document.Value<Instrument>(), known, there);
                    break;
                case DocumentKind.Technology:
                    Check(document.Value<Technology>(), known, there);
                    break;
                case DocumentKind.Wording:
                    Check(document.Value<Wording>(), governance, there);
                    break;
                case DocumentKind.City:
                    Check(document.Value<City>(), governance, there);
                    break;
            }
        }

        return [.. problems];
    }

    private static void Check(Instrument instrument, KnownReferences known, ProblemLocation at)
    {
        if (!Identifier.IsValid(instrument.Id, dots: true))
            at["id"].Say(Quote(instrument.Id), "an id of small letters, digits, hyphens and dots, at most 64");
        if (instrument.Kind is InstrumentKind.ManualChapter or InstrumentKind.MunicipalCode && !Citation.FindIn(instrument.Citation).Any())
            at["citation"].Say(Quote(instrument.Citation), "a citation such as SPD Manual 16.090 or SMC 14.18");
        if (instrument.Versions.IsEmpty)
            at["versions"].Say("no version", "at least one");
        Address(instrument.Url, at["url"]);
        Citations(instrument.Citation, known, at["citation"]);
        foreach (var (index, version) in instrument.Versions.Index())
        {
            var there = at[$"version {version.Number}"];
            if (version.Number != index + 1)
                there["number"].Say($"{version.Number}", $"{index + 1}: versions are numbered 1, 2, … in the order of time");
            Check(version, instrument, known, there);
            // One problem for each version: where all overlap, each pair would have one.
            _ = instrument.Versions.Take(index).All(earlier => Follows(earlier, version, there["effective"]));
        }
    }

    private static void Check(InstrumentVersion version, Instrument instrument, KnownReferences known, ProblemLocation at)
    {
        var effective = version.Effective;
        Citations(version.Title, known, at["title"]);
        Citations(version.By, known, at["by"]);
        if (effective.From is not null && (effective.FromKnownBy ?? effective.FromNotBefore) is not null)
            at["effective"].Say("another bound beside a known start", "'fromKnownBy' and 'fromNotBefore' only when 'from' is not known");
        if (effective.To is not null && effective.Ended || effective.EndKnownBy is not null && !effective.Ended)
            at["effective"].Say("an end that is both known and not known", "'to', or 'ended' with 'endKnownBy'");
        if (effective is { Ended: true, EndKnownBy: null })
            at["effective"].Say("an unknown end alone", "'endKnownBy' beside it: the date by which a source shows it replaced");
        if (
            (effective.From ?? effective.FromKnownBy) is { } start
            && (effective.To ?? effective.EndKnownBy) is { } end
            && end.Latest <= start.Earliest
        )
            at["effective"]
                .Say(
                    $"an end ({end}) that is not after the start ({start})",
                    "the first day on which it no longer holds, after the day on which it begins"
                );
        if (version.SupersededBy is { } by)
        {
            if (by == instrument.Id || !known.Instruments.Contains(by))
                at["supersededBy"].Say(Quote(by), "another registered instrument");
            if (effective is { To: null, Ended: false })
                at["effective"]
                    .Say(
                        $"a text that {by} took the place of, and that governs all the same",
                        "the day on which it ended ('to'), or 'ended' with 'endKnownBy'"
                    );
        }

        Check(version.Source, at["source"]);
        if (version.Rules.IsEmpty)
            at["rules"].Say("nothing governed", "at least one technology");
        foreach (var twice in version.Rules.GroupBy(rule => rule.Technology).Where(group => group.Count() > 1))
            at["rules"].Say($"{Quote(twice.Key)} twice", "each technology once");
        foreach (var rule in version.Rules)
            Check(rule, known, at[rule.Technology]);
    }

    private static void Check(Rule rule, KnownReferences known, ProblemLocation at)
    {
        if (!known.Technologies.Contains(rule.Technology))
            at["technology"].Say(Quote(rule.Technology), "a registered technology");
        foreach (var department in rule.Departments.Where(department => !known.Departments.Contains(department)))
            at["departments"].Say(Quote(department), "a department of the city");
        if (rule.Owner is { } owner && !known.Departments.Contains(owner))
            at["owner"].Say(Quote(owner), "a department of the city");
        if (rule.Capture.Distinct().Count() != rule.Capture.Length)
            at["capture"].Say("a capture twice", "each capture once");
        if (rule is { Pauses: true, Capture.IsEmpty: false })
            at["capture"].Say("captures beside a pause", "an empty list: what pauses a technology allows nothing");
        foreach (var retention in rule.Retention)
        {
            if (retention.Days is null == retention.Event is null)
                at["retention"].Say(retention.Days is null ? "neither days nor an event" : "both days and an event", "one of the two");
            if (retention.Days is < 0 or > MaxDays)
                at["retention"].Say($"{retention.Days} days", $"0 to {MaxDays} days");
        }

        foreach (var duty in rule.Notice.Where(duty => duty.Days is < 0 or > MaxDays))
            at["notice"].Say($"{duty.Days} days", $"0 to {MaxDays} days");
        foreach (
            var text in (IEnumerable<string?>)[rule.Note, rule.Sharing, rule.RecordsAccess.Text, .. rule.Purposes, .. rule.ProhibitedUses]
        )
            Citations(text, known, at);
    }

    private static void Check(Technology technology, KnownReferences known, ProblemLocation at)
    {
        if (!Identifier.IsValid(technology.Id))
            at["id"].Say(Quote(technology.Id), "an id of small letters, digits and hyphens, at most 64");
        if (technology.Purpose is null != technology.PurposeSource is null)
            at["purpose"]
                .Say(technology.Purpose is null ? "a source without a purpose" : "a purpose without its source", "both, or neither");
        if (technology.PurposeSource is { } source)
            Check(source, at["purposeSource"]);
        if (technology.Statement is { } row && !known.Instruments.Contains(row.Instrument))
            at["statement"].Say(Quote(row.Instrument), "a registered instrument");
    }

    private static void Check(Wording wording, GovernanceSnapshot governance, ProblemLocation at)
    {
        if (!governance.City.Languages.Contains(wording.Language))
            at["language"].Say(Quote(wording.Language), "a language of the city: " + string.Join(", ", governance.City.Languages));
        if (wording.Direction is not ("ltr" or "rtl"))
            at["direction"].Say(Quote(wording.Direction), "ltr or rtl");
        foreach (var (key, places) in WordingKeys.Required)
        {
            if (!wording.Texts.TryGetValue(key, out var text))
                at[key].Say("no text", "a sentence");
            else if (!Wording.PlacesIn(text).Distinct().Order().SequenceEqual(places.Order()))
                at[key]
                    .Say(
                        Quote(text),
                        places.IsEmpty
                            ? "a text without places"
                            : "a sentence with exactly " + string.Join(", ", places.Select(place => $"{{{place}}}"))
                    );
        }
    }

    private static void Check(City city, GovernanceSnapshot governance, ProblemLocation at)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(city.TimeZone, out _))
            at["timeZone"].Say(Quote(city.TimeZone), "an IANA time zone such as America/Los_Angeles");
        if (city.NoticeValidSeconds is < MinValidSeconds or > MaxValidSeconds)
            at["noticeValidSeconds"].Say($"{city.NoticeValidSeconds}", $"{MinValidSeconds} to {MaxValidSeconds}");
        if (city.Languages.IsEmpty || city.Languages.Distinct().Count() != city.Languages.Length)
            at["languages"].Say("no language, or one twice", "at least one, each once");
        foreach (var language in city.Languages.Except(governance.Wordings.Select(wording => wording.Language)))
            at["languages"].Say($"{Quote(language)} without its words", "a wording of that language in the same request");
        if (city.Departments.IsEmpty || city.Departments.DistinctBy(department => department.Id).Count() != city.Departments.Length)
            at["departments"].Say("no department, or one twice", "at least one, each once");
        Address(city.Records.Url, at["records"]);
        foreach (var subject in city.OutOfScope)
            Check(subject.Source, at["outOfScope"]["source"]);
    }

    private static void Check(Source source, ProblemLocation at)
    {
        if (string.IsNullOrWhiteSpace(source.Title))
            at["title"].Say("no title", "the source in words");
        Address(source.Url, at["url"]);
    }

    private static void Address(string? url, ProblemLocation at)
    {
        if (url is not null && (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps))
            at.Say(Quote(url), "a web address that begins with https://");
    }

    private static void Citations(string? text, KnownReferences known, ProblemLocation at)
    {
        foreach (
            var citation in text is null ? [] : Citation.FindIn(text, known.Chapters).Where(citation => !known.Chapters.Knows(citation))
        )
            at.Say(
                $"the citation {Quote(citation.Original)}",
                "a chapter that the registry knows: " + known.Chapters.SuggestNearest(citation)
            );
    }

    /// <summary>Versions follow each other: in number as in time, and never two at once for one technology.</summary>
    private static bool Follows(InstrumentVersion earlier, InstrumentVersion later, ProblemLocation at)
    {
        string[] shared = earlier.Effective.Overlaps(later.Effective)
            ? [.. earlier.Rules.Select(rule => rule.Technology).Intersect(later.Rules.Select(rule => rule.Technology))]
            : [];
        if (shared.Length > 0)
            at.Say(
                $"a period that overlaps that of version {earlier.Number} for {string.Join(", ", shared)}",
                "periods that follow each other: each end no later than the next start"
            );
        else if (later.Effective.MayHoldFrom < earlier.Effective.MayHoldFrom)
            at.Say($"a version that begins before version {earlier.Number}", "versions in the order of time");
        else
            return true;
        return false;
    }

    /// <summary>Every text, wherever it stands: one line that every reader, screen and signature can hold, and no markup.</summary>
    private static void Texts(JsonNode? node, string where, bool mayBeBlank, List<Refusal> problems)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                    Texts(value, $"{where} / {name}", mayBeBlank, problems);
                break;
            case JsonArray items:
                foreach (var item in items)
                    Texts(
                        item,
                        item is JsonObject one && (one["number"] ?? one["technology"] ?? one["id"]) is JsonValue key
                            ? $"{where} {key}"
                            : where,
                        mayBeBlank,
                        problems
                    );
                break;
            case JsonValue value when value.TryGetValue<string>(out var text):
                if (text.Length > MaxCharacters || !mayBeBlank && string.IsNullOrWhiteSpace(text))
                    problems.Add(
                        Invalid(
                            text.Length > MaxCharacters ? $"{text.Length} characters" : "a text of nothing",
                            $"1 to {MaxCharacters} characters",
                            where
                        )
                    );
                else if (text.Any(char.IsControl) || text.EnumerateRunes().Any(rune => rune == System.Text.Rune.ReplacementChar))
                    problems.Add(Invalid("a control character or half a character", "a text on one line", where));
                else if (HasMarkup(text))
                    problems.Add(Invalid("markup", "plain text without < before a letter", where));
                break;
        }
    }

    /// <summary>Whether a text holds what a page could take for markup.</summary>
    public static bool HasMarkup(string text) => Markup().IsMatch(text);

    private static Refusal Invalid(string found, string expected, string where) =>
        new("invalid", $"Found {found}; expected {expected}.", where);

    private static string Quote(string text) => text.Length <= 80 ? $"'{text}'" : $"'{text[..80]}…'";

    [GeneratedRegex("<[A-Za-z/!?]")]
    private static partial Regex Markup();

    /// <summary>What documents may name.</summary>
    private sealed class KnownReferences(GovernanceSnapshot governance)
    {
        public HashSet<string> Technologies { get; } = governance.Table.Technologies.Select(technology => technology.Id).ToHashSet();
        public HashSet<string> Instruments { get; } = governance.Table.Instruments.Select(instrument => instrument.Id).ToHashSet();
        public HashSet<string> Departments { get; } = governance.City.Departments.Select(department => department.Id).ToHashSet();
        public KnownChapters Chapters { get; } = governance.Chapters;
    }

    private readonly record struct ProblemLocation(string Where, List<Refusal> Problems)
    {
        public ProblemLocation this[string part] => this with { Where = $"{Where} / {part}" };

        public void Say(string found, string expected) => Problems.Add(Invalid(found, expected, Where));
    }
}
