using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Changes;

/// <summary>
/// One difference between two revisions of a document, said so that anybody understands it:
/// <c>changed the retention limit from 90 days to 21 days (patrol reads)</c>.
/// </summary>
/// <param name="Where">The part of the document, e.g. <c>Version 1, from February 1, 2019, for Automatic License Plate Readers</c>; null
/// for the whole.</param>
/// <param name="What">What was changed, in words.</param>
public sealed record ChangeDescription(Difference Difference, string? Where, string What)
{
    /// <summary>A text is quoted up to so many characters.</summary>
    private const int MaxQuoted = 240;

    /// <summary>Everything that differs, in words: at least one sentence for each difference, in the order of the document.</summary>
    /// <param name="before">Null for a document that did not exist.</param>
    /// <param name="names">Where the names of technologies, texts and departments stand.</param>
    public static ImmutableArray<ChangeDescription> Describe(PolicyDocument? before, PolicyDocument after, GovernanceSnapshot names)
    {
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(names);
        return
        [
            .. Difference
                .Between(before, after)
                .Select(difference => new ChangeDescription(
                    difference,
                    Place(difference, before, after, names),
                    Words(difference, after, names)
                )),
        ];
    }

    /// <summary>The sentence with what the change rests on: <c>…, under Laws of 2026, ch. 239</c>.</summary>
    public string Under(Source? source) => source is null ? ToString() : $"{this}, under {Plain(source.Title)}";

    public override string ToString() => Where is null ? What : $"{Where}: {What}";

    private static string? Place(Difference difference, PolicyDocument? before, PolicyDocument after, GovernanceSnapshot names)
    {
        if (after.Kind != DocumentKind.Instrument || difference.Path is not ["versions", var number, _, ..])
            return null;
        var version = Version(after) ?? Version(before);
        var place = $"Version {number}" + (version?.Effective.From is { } from ? $", from {PlainLanguage.Date(from)}" : "");
        return difference.Path is [_, _, "rules", var technology, _, ..] ? $"{place}, for {Technology(technology, names)}" : place;

        InstrumentVersion? Version(PolicyDocument? document)
        {
            try
            {
                return document
                    ?.Value<Instrument>()
                    .Versions.FirstOrDefault(version => version.Number.ToString(CultureInfo.InvariantCulture) == number);
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    private static string Words(Difference difference, PolicyDocument document, GovernanceSnapshot names)
    {
        try
        {
            return
                (
                    document.Kind switch
                    {
                        DocumentKind.Instrument => InInstrument(difference, names),
                        DocumentKind.Technology => InTechnology(difference, names),
                        DocumentKind.Wording => InWording(difference, document),
                        DocumentKind.City => InCity(difference),
                        _ => InChapters(difference),
                    }
                )
                    is { Length: > 0 } words
                ? words
                : Otherwise(difference);
        }
        catch (JsonException)
        {
            // A revision of another version of this program, in a shape that this one does not know.
            return Otherwise(difference);
        }
    }

    private static string? InInstrument(Difference difference, GovernanceSnapshot names) =>
        difference.Path.AsSpan() switch
        {
            [] => First(Read<Instrument>(difference.After)!),
            ["kind"] => Changed("the kind of text", difference, (InstrumentKind kind) => PlainLanguage.For(kind)),
            ["citation"] => Text("how the text is cited", difference),
            ["authority"] => Text("who can change the text", difference),
            ["url"] => Text("the address of the present text", difference),
            ["versions"] => Items(difference, (InstrumentVersion version) => Version(version)),
            ["versions", _] => Item(difference, (InstrumentVersion version) => Version(version)),
            ["versions", _, "title"] => Text("the title", difference),
            ["versions", _, "by"] => Text("what made this version", difference),
            ["versions", _, "supersededBy"] => Changed("which text took its place", difference, (string id) => Instrument(id, names)),
            ["versions", _, "passed"] => Date("the day it was passed", difference),
            ["versions", _, "signed"] => Date("the day it was signed", difference),
            ["versions", _, "filed"] => Date("the day it was filed", difference),
            ["versions", _, "effective", "from"] => Date("the first day on which it holds", difference),
            ["versions", _, "effective", "fromNotBefore"] => Date("the date before which it cannot have held", difference),
            ["versions", _, "effective", "fromKnownBy"] => Date("the date by which a source shows it in force", difference),
            ["versions", _, "effective", "to"] => Date("the first day on which it no longer holds", difference),
            ["versions", _, "effective", "endKnownBy"] => Date("the date by which a source shows it replaced", difference),
            ["versions", _, "effective", "ended"] => Read<bool>(difference.After)
                ? "recorded that it has ended, on a day that is not known"
                : "no longer records that it has ended on a day that is not known",
            ["versions", _, "source", var field] => InSource("the source", field, difference),
            ["versions", _, "rules"] => Items(difference, (Rule rule) => RuleFor(rule, names)),
            ["versions", _, "rules", _] => Item(difference, (Rule rule) => RuleFor(rule, names)),
            ["versions", _, "rules", _, .. var field] => InRule(field, difference, names),
            _ => null,
        };

    private static string? InRule(ReadOnlySpan<string> field, Difference difference, GovernanceSnapshot names) =>
        field switch
        {
            ["capture"] => Listed("what it lets be captured", difference, (Capture capture) => Json.Word(capture)),
            ["retention"] => Kept(Many<Retention>(difference.Before), Many<Retention>(difference.After)),
            ["notice"] => Listed("what the public must be told by", difference, (RequiredNotice notice) => PlainLanguage.For(notice)),
            ["recordsAccess", "access"] => Changed(
                "public access to recordings",
                difference,
                (RecordsAccessKind access) => PlainLanguage.For(access)
            ),
            ["recordsAccess", "text"] => Text("the words on public access to recordings", difference),
            ["departments"] => Listed("the departments that it speaks of", difference, (string id) => Department(id, names)),
            ["pauses"] => Read<bool>(difference.After) ? "now pauses the technology" : "no longer pauses the technology",
            ["note"] => Text("the remark for readers", difference),
            ["purposes"] => Listed("the purposes", difference, (string purpose) => Quoted(purpose)),
            ["prohibitedUses"] => Listed("the forbidden uses", difference, (string use) => Quoted(use)),
            ["sharing"] => Text("with whom recordings may be shared", difference),
            ["owner"] => Changed("the department that keeps this true", difference, (string id) => Department(id, names)),
            ["reviewBy"] => Changed("the day by which it must be looked at again", difference, (DateOnly day) => PlainLanguage.Date(day)),
            _ => null,
        };

    private static string? InTechnology(Difference difference, GovernanceSnapshot names) =>
        difference.Path.AsSpan() switch
        {
            [] => $"recorded the technology for the first time: {Quoted(Read<Technology>(difference.After)!.Name.Trim())}",
            ["name"] => Text("the name", difference),
            ["purpose"] => Text("the purpose", difference),
            ["purposeSource"] => Changed("the source of the purpose", difference, (Source source) => Plain(PlainLanguage.For(source))),
            ["purposeSource", var field] => InSource("the source of the purpose", field, difference),
            ["statement"] => Changed(
                "the row of the City’s privacy statement",
                difference,
                (StatementRow row) =>
                    $"{Quoted(row.Technology.Trim())} is governed by {Quoted(row.Governance.Trim())}, meaning {Instrument(row.Instrument, names)}"
            ),
            ["statement", "technology"] => Text("the name in the City’s privacy statement", difference),
            ["statement", "governance"] => Text("what the City’s privacy statement says of its governance", difference),
            ["statement", "instrument"] => Changed(
                "which text the City’s privacy statement means",
                difference,
                (string id) => Instrument(id, names)
            ),
            _ => null,
        };

    private static string? InSource(string source, string field, Difference difference) =>
        field switch
        {
            "title" => Text(source, difference),
            "url" => Text($"the address of {source}", difference),
            "readOn" => Changed($"the day on which {source} was read", difference, (DateOnly day) => PlainLanguage.Date(day)),
            "confidence" => Changed(
                $"how far {source} can be trusted",
                difference,
                (Confidence confidence) => PlainLanguage.For(confidence)
            ),
            _ => null,
        };

    private static string? InWording(Difference difference, PolicyDocument document) =>
        difference.Path.AsSpan() switch
        {
            [] =>
                $"recorded the words of notices in {Language(document.Id)} for the first time: {PlainLanguage.Count(Read<Wording>(difference.After)!.Texts.Count, "text")}",
            ["direction"] => Changed(
                "the direction in which notices are written",
                difference,
                (string direction) => direction == "rtl" ? "right to left" : "left to right"
            ),
            ["reviewed"] => Read<bool>(difference.After)
                ? "recorded that a qualified person has reviewed the words"
                : "recorded that no qualified person has reviewed the words",
            ["texts", var key] => Text($"the words {Quoted(key)} of notices in {Language(document.Id)}", difference),
            _ => null,
        };

    private static string? InCity(Difference difference) =>
        difference.Path.AsSpan() switch
        {
            [] => $"recorded {Quoted(Read<City>(difference.After)!.Name)} for the first time",
            ["name"] => Text("the name of the city", difference),
            ["isSample"] => Read<bool>(difference.After)
                ? "now marks everything as sample data"
                : "no longer marks everything as sample data",
            ["timeZone"] => Text("the time zone in which the city’s days begin", difference),
            ["languages"] => Listed("the languages of notices", difference, (string tag) => Language(tag)),
            ["departments"] => Items(
                difference,
                (Department department) => $"the department {Quoted(department.Name)}, {Plain(department.Phone)}"
            ),
            ["departments", _] => Item(
                difference,
                (Department department) => $"the department {Quoted(department.Name)}, {Plain(department.Phone)}"
            ),
            ["departments", var id, "name"] => Text($"the name of the department {Quoted(id)}", difference),
            ["departments", var id, "phone"] => Text($"the telephone number of the department {Quoted(id)}", difference),
            ["outOfScope"] => Items(
                difference,
                (OutOfScope subject) =>
                    $"the subject {Quoted(subject.Name)}, which this register does not speak of: {Quoted(subject.Why)} ({Plain(PlainLanguage.For(subject.Source))})"
            ),
            ["records", "name"] => Text("the name of the records office", difference),
            ["records", "url"] => Text("the address of the records office", difference),
            ["records", "phone"] => Text("the telephone number of the records office", difference),
            ["records", "replyWithinBusinessDays"] => Changed(
                "how soon the City must answer a request for records",
                difference,
                (int days) => PlainLanguage.Count(days, "business day")
            ),
            ["records", "law"] => Text("the law that gives the right to records", difference),
            ["noticeValidSeconds"] => Changed(
                "how long a screen may show a notice that it cannot confirm",
                difference,
                (int seconds) => PlainLanguage.Count(seconds, "second")
            ),
            _ => null,
        };

    private static string? InChapters(Difference difference) =>
        difference.Path.AsSpan() switch
        {
            [] => "recorded the chapters that may be cited for the first time",
            ["chapters", var code] => difference switch
            {
                { Before: null } =>
                    $"added the chapters of {Plain(code)} that may be cited: {PlainLanguage.List(Many<string>(difference.After).Select(Plain))}",
                { After: null } =>
                    $"removed the chapters of {Plain(code)} that may be cited: {PlainLanguage.List(Many<string>(difference.Before).Select(Plain))}",
                _ => Listed($"the chapters of {Plain(code)} that may be cited", difference, (string chapter) => Plain(chapter)),
            },
            _ => null,
        };

    private static string First(Instrument instrument) =>
        $"recorded the text for the first time: {Plain(instrument.Citation)}, {PlainLanguage.For(instrument.Kind)} of {Plain(instrument.Authority)}, with "
        + (
            instrument.Versions.IsEmpty
                ? "no version"
                : PlainLanguage.List(
                    instrument
                        .Versions.Take(12)
                        .Select(Version)
                        .Append(
                            instrument.Versions.Length > 12 ? PlainLanguage.Count(instrument.Versions.Length - 12, "more version") : null
                        )
                        .OfType<string>()
                )
        );

    private static string Version(InstrumentVersion version) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"version {version.Number}, {Quoted(version.Title)} (from: {PlainLanguage.From(version.Effective)}; until: {PlainLanguage.To(version.Effective)})"
        );

    private static string RuleFor(Rule rule, GovernanceSnapshot names) =>
        $"the rule for {Technology(rule.Technology, names)} ("
        + (
            rule.Pauses ? "pauses it"
            : rule.Capture.IsEmpty ? "names no capture"
            : "lets capture " + PlainLanguage.List(rule.Capture.Select(Json.Word))
        )
        + (rule.Retention.IsEmpty ? "" : "; kept " + PlainLanguage.List(rule.Retention.Select(one => Plain(PlainLanguage.For(one)))))
        + ")";

    /// <summary>Retentions are told apart by what they bound and of which data; what is left over was added or removed.</summary>
    private static string Kept(ImmutableArray<Retention> before, ImmutableArray<Retention> after)
    {
        var sentences = new List<string>();
        var (gone, come) = (before.Where(one => !after.Contains(one)).ToList(), after.Where(one => !before.Contains(one)).ToList());
        Pair(
            (a, b) => a.Bound == b.Bound && a.DataClass == b.DataClass,
            (a, b) =>
                Length(a) != Length(b)
                    ? $"changed the {Noun(a)} from {PlainLanguage.Length(a)} to {PlainLanguage.Length(b)}{Plain(PlainLanguage.Class(b))}{Remark(a, b)}"
                    : $"changed the remark on the {Noun(b)} of {PlainLanguage.Length(b)}{Plain(PlainLanguage.Class(b))} from {Said(a.Note)} to {Said(b.Note)}"
        );
        Pair(
            (a, b) => a.DataClass == b.DataClass,
            (a, b) =>
                $"changed the {Noun(a)} of {PlainLanguage.Length(a)} into a {Noun(b)} of {PlainLanguage.Length(b)}{Plain(PlainLanguage.Class(b))}{Remark(a, b)}"
        );
        sentences.AddRange(gone.Select(one => $"removed the {Noun(one)} of {PlainLanguage.Length(one)}{Plain(PlainLanguage.Beside(one))}"));
        sentences.AddRange(come.Select(one => $"added a {Noun(one)} of {PlainLanguage.Length(one)}{Plain(PlainLanguage.Beside(one))}"));
        return sentences.Count > 0
            ? string.Join("; ", sentences)
            : "listed how long recordings stay in another way: " + PlainLanguage.List(after.Select(one => Plain(PlainLanguage.For(one))));

        void Pair(Func<Retention, Retention, bool> same, Func<Retention, Retention, string> words)
        {
            foreach (var one in gone.ToArray())
            {
                if (come.FirstOrDefault(other => same(one, other)) is not { } other)
                    continue;
                sentences.Add(words(one, other));
                gone.Remove(one);
                come.Remove(other);
            }
        }

        static (int?, RetentionEvent?) Length(Retention one) => (one.Days, one.Event);
        static string Noun(Retention one) =>
            one.Bound switch
            {
                RetentionBound.Minimum => "least retention",
                RetentionBound.Limit => "retention limit",
                _ => "retention in practice",
            };
        static string Said(string? note) => note is null ? "none" : Quoted(note);
        static string Remark(Retention a, Retention b) =>
            a.Note == b.Note ? "" : $", with the remark {Said(b.Note)} instead of {Said(a.Note)}";
    }

    private static string Changed<T>(string what, Difference difference, Func<T, string> words)
    {
        var (before, after) = (One(difference.Before), One(difference.After));
        return (before, after) switch
        {
            (null, null) => $"changed {what}",
            (null, _) => $"recorded {what}: {after}",
            (_, null) => $"removed {what}: {before}",
            _ when before == after => $"corrected {what}: {after}",
            _ => $"changed {what} from {before} to {after}",
        };

        string? One(string? json) => json is null or "null" ? null : words(Read<T>(json)!);
    }

    private static string Date(string what, Difference difference) => Changed(what, difference, (LawDate date) => PlainLanguage.Date(date));

    private static string Text(string what, Difference difference)
    {
        if (Read<string>(difference.Before) is not { } before || Read<string>(difference.After) is not { } after)
            return Changed(what, difference, (string text) => Quoted(text));
        // Of two long texts the part around where they begin to differ tells more than their beginnings.
        var same = before.AsSpan().CommonPrefixLength(after);
        var start = Math.Max(before.Length, after.Length) <= MaxQuoted || same < MaxQuoted / 3 ? 0 : same - MaxQuoted / 3;
        var (from, to) = (Quoted(before, start), Quoted(after, start));
        return from == to ? $"corrected {what}: {to}" : $"changed {what} from {from} to {to}";
    }

    /// <summary>A list whose items have no name of their own: what came and what went, or else its new order.</summary>
    private static string Listed<T>(string what, Difference difference, Func<T, string> words)
    {
        string[] before = [.. Many<T>(difference.Before).Select(words)],
            after = [.. Many<T>(difference.After).Select(words)];
        string[] come = [.. after.Except(before)],
            gone = [.. before.Except(after)];
        return string.Join(
            "; ",
            new[]
            {
                come.Length > 0 ? $"added to {what}: {PlainLanguage.List(come)}" : null,
                gone.Length > 0 ? $"removed from {what}: {PlainLanguage.List(gone)}" : null,
                come.Length + gone.Length == 0 ? $"listed {what} in another way: {PlainLanguage.List(after)}" : null,
            }.OfType<string>()
        );
    }

    private static string Item<T>(Difference difference, Func<T, string> words)
        where T : class =>
        Read<T>(difference.Before) is not { } before ? $"added {words(Read<T>(difference.After)!)}"
        : Read<T>(difference.After) is not { } after ? $"removed {words(before)}"
        : $"changed {words(before)} to {words(after)}";

    private static string? Items<T>(Difference difference, Func<T, string> words)
    {
        string[] before = [.. Many<T>(difference.Before).Select(words)],
            after = [.. Many<T>(difference.After).Select(words)];
        var said = after
            .Except(before)
            .Select(one => "added " + one)
            .Concat(before.Except(after).Select(one => "removed " + one))
            .ToArray();
        return said.Length > 0 ? string.Join("; ", said) : null;
    }

    /// <summary>What no sentence stands for yet: the name of the part, and its value where that is one word or text.</summary>
    private static string Otherwise(Difference difference)
    {
        var name = string.Join(" ", difference.Path.Select(part => Spaced(part)));
        var what = name.Length == 0 ? "the document" : Quoted(name);
        return (Simple(difference.Before), Simple(difference.After)) switch
        {
            ({ } before, { } after) when before != after => $"changed {what} from {before} to {after}",
            (null, { } after) when difference.Before is null or "null" => $"recorded {what}: {after}",
            ({ } before, null) when difference.After is null or "null" => $"removed {what}: {before}",
            _ => $"changed {what}",
        };

        static string Spaced(string part) =>
            string.Concat(part.Select(c => char.IsAsciiLetterUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{c}"));
    }

    private static string? Simple(string? json)
    {
        if (json is null)
            return null;
        using var value = JsonDocument.Parse(json);
        return value.RootElement.ValueKind switch
        {
            JsonValueKind.String => Quoted(value.RootElement.GetString()!),
            JsonValueKind.Number => value.RootElement.GetRawText(),
            JsonValueKind.True => "yes",
            JsonValueKind.False => "no",
            _ => null,
        };
    }

    private static string Technology(string id, GovernanceSnapshot names) =>
        Plain(names.Table.Technologies.FirstOrDefault(technology => technology.Id == id)?.Name.Trim() ?? id);

    private static string Instrument(string id, GovernanceSnapshot names) =>
        Plain(names.Table.Instruments.FirstOrDefault(instrument => instrument.Id == id)?.Citation ?? id);

    private static string Department(string id, GovernanceSnapshot names) => Plain(names.City.Department(id)?.Name ?? id);

    private static string Language(string tag)
    {
        try
        {
            return Plain(CultureInfo.GetCultureInfo(tag).EnglishName);
        }
        catch (CultureNotFoundException)
        {
            return Plain(tag);
        }
    }

    private static string Quoted(string text) => Quoted(text, 0);

    private static string Quoted(string text, int start)
    {
        var end = Math.Min(text.Length, start + MaxQuoted);
        return $"“{(start > 0 ? "…" : "")}{Plain(text[Math.Min(start, end)..end])}{(end < text.Length ? "…" : "")}”";
    }

    /// <summary>A text as a sentence can hold it: on one line, and without the braces that mark places in the words of notices.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            plain.Append(
                rune.Value switch
                {
                    '{' => "‹",
                    '}' => "›",
                    _ when Rune.IsControl(rune) => " ",
                    _ => rune.ToString(),
                }
            );
        return plain.ToString();
    }

    private static T? Read<T>(string? json)
    {
        if (json is null or "null")
            return default;
        using var value = JsonDocument.Parse(json);
        return HasHole(value.RootElement)
            ? throw new JsonException("A list has an item that is nothing.")
            : value.Deserialize<T>(PolicyDocument.Strict);
    }

    private static ImmutableArray<T> Many<T>(string? json) => Read<ImmutableArray<T>?>(json) ?? [];

    /// <summary>What no list of any document may hold, and what no type can say.</summary>
    private static bool HasHole(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Array => value.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.Null || HasHole(item)),
            JsonValueKind.Object => value.EnumerateObject().Any(member => HasHole(member.Value)),
            _ => false,
        };
}
