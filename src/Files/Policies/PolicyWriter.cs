using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>
/// A file as it is to be written: its name under the folder, with <c>/</c>, and its text, in UTF-8 without a byte order mark.
/// </summary>
public sealed record WrittenFile(string Name, string Text)
{
    /// <summary>The bytes of the file.</summary>
    public byte[] Bytes() => Encoding.UTF8.GetBytes(Text);
}

/// <summary>
/// Governance as the files of the folder <c>policies/</c>, which <see cref="PolicyFiles"/> reads back as the same documents. The same
/// governance makes the same bytes.
/// </summary>
public static class PolicyWriter
{
    private static readonly string[] Schemas = ["chapters", "city", "instrument", "notice-wording", "technologies"];

    /// <summary>Every file of the folder, the schemas that editors complete by among them.</summary>
    public static ImmutableArray<WrittenFile> Write(GovernanceSnapshot governance)
    {
        ArgumentNullException.ThrowIfNull(governance);
        return
        [
            new("city.yaml", Text(governance.City)),
            new("chapters.yaml", Text(governance.Chapters)),
            new("technologies.yaml", Text(governance.Table.Technologies)),
            .. governance.Table.Instruments.Select(instrument => new WrittenFile($"instruments/{instrument.Id}.yaml", Text(instrument))),
            .. governance.Wordings.Select(wording => new WrittenFile($"notices/{wording.Language}.yaml", Text(wording))),
            .. Schemas.Select(schema => new WrittenFile($"schema/{schema}.json", Schema(schema))),
        ];
    }

    /// <summary>The file of one instrument.</summary>
    public static string Text(Instrument instrument)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        return YamlWriter.File(
            "../schema/instrument.json",
            yaml =>
            {
                yaml.Text("id", instrument.Id);
                yaml.Word("kind", Json.Word(instrument.Kind));
                yaml.Text("citation", instrument.Citation);
                yaml.Text("authority", instrument.Authority);
                yaml.Text("url", instrument.Url);
                yaml.Each("versions", instrument.Versions, Write);
            }
        );
    }

    private static string Text(City city) =>
        YamlWriter.File(
            "schema/city.json",
            yaml =>
            {
                yaml.Text("name", city.Name);
                yaml.Word("sample", Flag(city.IsSample));
                yaml.Text("time_zone", city.TimeZone);
                yaml.Inline("languages", city.Languages);
                yaml.Word("notice_valid_seconds", city.NoticeValidSeconds);
                yaml.Each(
                    "departments",
                    city.Departments,
                    (one, department) =>
                    {
                        one.Text("id", department.Id);
                        one.Text("name", department.Name);
                        one.Text("phone", department.Phone);
                    }
                );
                yaml.Under(
                    "records",
                    records =>
                    {
                        records.Text("name", city.Records.Name);
                        records.Text("url", city.Records.Url);
                        records.Text("phone", city.Records.Phone);
                        records.Word("reply_within_business_days", city.Records.ReplyWithinBusinessDays);
                        records.Text("law", city.Records.Law);
                    }
                );
                yaml.Each(
                    "out_of_scope",
                    city.OutOfScope,
                    (one, subject) =>
                    {
                        one.Text("name", subject.Name);
                        one.Text("why", subject.Why);
                        Write(one, subject.Source);
                    }
                );
            }
        );

    private static string Text(KnownChapters chapters) =>
        YamlWriter.File(
            "schema/chapters.json",
            yaml =>
                yaml.Under(
                    "chapters",
                    codes =>
                    {
                        foreach (var (code, known) in chapters.Chapters)
                            codes.Inline(code, known);
                    }
                )
        );

    private static string Text(ImmutableArray<Technology> technologies) =>
        YamlWriter.File(
            "schema/technologies.json",
            yaml =>
                yaml.Each(
                    "technologies",
                    technologies,
                    (one, technology) =>
                    {
                        one.Text("id", technology.Id);
                        one.Text("name", technology.Name);
                        if (technology is { Purpose: { } purpose, PurposeSource: { } source })
                        {
                            one.Under(
                                "purpose",
                                keys =>
                                {
                                    keys.Text("text", purpose);
                                    Write(keys, source);
                                }
                            );
                        }

                        if (technology.Statement is { } row)
                        {
                            one.Under(
                                "statement",
                                keys =>
                                {
                                    keys.Text("technology", row.Technology);
                                    keys.Text("governance", row.Governance);
                                    keys.Text("instrument", row.Instrument);
                                }
                            );
                        }
                    }
                )
        );

    private static string Text(Wording wording) =>
        YamlWriter.File(
            "../schema/notice-wording.json",
            yaml =>
            {
                yaml.Text("language", wording.Language);
                yaml.Word("direction", wording.Direction);
                yaml.Word("reviewed", Flag(wording.Reviewed));
                yaml.Under(
                    "texts",
                    texts =>
                    {
                        foreach (var (key, text) in wording.Texts)
                            texts.Text(key, text);
                    }
                );
            }
        );

    private static void Write(YamlWriter yaml, InstrumentVersion version)
    {
        yaml.Text("title", version.Title);
        var period = EffectivePeriodText.Write(version);
        yaml.Inline(
            "effective",
            effective =>
            {
                effective.Word("from", period.From);
                effective.Word("not_before", period.NotBefore);
                effective.Word("known_by", period.KnownBy);
                effective.Word("to", period.To);
                effective.Word("ended_by", period.EndedBy);
            }
        );
        yaml.Word("passed", version.Passed);
        yaml.Word("signed", version.Signed);
        yaml.Word("filed", version.Filed);
        yaml.Text("by", version.By);
        yaml.Text("superseded_by", version.SupersededBy);
        Write(yaml, version.Source);
        yaml.Under(
            "governs",
            technologies =>
            {
                foreach (var rule in version.Rules)
                    technologies.Under(rule.Technology, keys => Write(keys, rule));
            }
        );
    }

    private static void Write(YamlWriter yaml, Rule rule)
    {
        yaml.Inline("capture", rule.Capture.Select(Json.Word));
        if (!rule.Departments.IsEmpty)
            yaml.Inline("departments", rule.Departments);
        if (rule.Pauses)
            yaml.Word("pauses", Flag(true));
        yaml.Each(
            "retention",
            rule.Retention,
            (one, retention) =>
            {
                one.Word("bound", Json.Word(retention.Bound));
                one.Word("days", retention.Days);
                one.Word("event", retention.Event is { } ends ? Json.Word(ends) : null);
                one.Text("data_class", retention.DataClass);
                one.Text("note", retention.Note);
            }
        );
        yaml.Each(
            "notice",
            rule.Notice,
            (one, notice) =>
            {
                one.Word("duty", Json.Word(notice.Duty));
                one.Word("days", notice.Days);
            }
        );
        if (rule.RecordsAccess.Text is null)
            yaml.Inline("records_access", access => access.Word("access", Json.Word(rule.RecordsAccess.Access)));
        else
            yaml.Under("records_access", access => Write(access, rule.RecordsAccess));
        yaml.Each("purposes", rule.Purposes);
        yaml.Each("prohibited_uses", rule.ProhibitedUses);
        yaml.Text("sharing", rule.Sharing);
        yaml.Text("note", rule.Note);
        yaml.Text("owner", rule.Owner);
        yaml.Word("review_by", rule.ReviewBy is { } day ? Day(day) : null);
    }

    private static void Write(YamlWriter yaml, RecordsAccess access)
    {
        yaml.Word("access", Json.Word(access.Access));
        yaml.Text("text", access.Text);
    }

    private static void Write(YamlWriter yaml, Source source) =>
        yaml.Under(
            "source",
            keys =>
            {
                keys.Text("title", source.Title);
                keys.Text("url", source.Url);
                keys.Word("read_on", Day(source.ReadOn));
                keys.Word("confidence", Json.Word(source.Confidence));
            }
        );

    /// <summary>A day as the files write it.</summary>
    internal static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A flag as the files write it.</summary>
    internal static string Flag(bool value) => value ? "true" : "false";

    private static string Schema(string name)
    {
        using var reader = new StreamReader(typeof(PolicyWriter).Assembly.GetManifestResourceStream($"schema/{name}.json")!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
