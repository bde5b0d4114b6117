using System.Collections.Immutable;
using System.Text;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Policies.Instruments;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>A file to be written: its name under the folder, with <c>/</c>, and its text.</summary>
public sealed record WrittenFile(string Name, string Text)
{
    /// <summary>Returns the text in UTF-8 without a byte order mark.</summary>
    public byte[] Bytes() => Encoding.UTF8.GetBytes(Text);
}

/// <summary>
/// Writes governance as the files of the folder <c>policies/</c>. <see cref="PolicyFiles"/> reads them back as the same documents. The
/// same governance makes the same bytes.
/// </summary>
public static class PolicyWriter
{
    private static readonly string[] Schemas = ["chapters", "city", "instrument", "notice-wording", "technologies"];

    /// <summary>Returns every file of the folder, with the JSON Schemas for editors.</summary>
    public static ImmutableArray<WrittenFile> Write(GovernanceSnapshot governance) => Write(governance, _ => null);

    /// <summary>
    /// Returns every file of the folder as it is registered. The files carry the revisions that they are drawn from, so that what is
    /// recorded later survives when they are applied.
    /// </summary>
    public static ImmutableArray<WrittenFile> Write(GovernanceHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return Write(history.Current, document => history.LatestOf(document.Kind, document.Id)?.Number);
    }

    private static ImmutableArray<WrittenFile> Write(GovernanceSnapshot governance, Func<PolicyDocument, int?> revisionOf)
    {
        ArgumentNullException.ThrowIfNull(governance);
        return
        [
            new("city.yaml", Text(governance.City, revisionOf(PolicyDocument.For(governance.City)))),
            new("chapters.yaml", Text(governance.Chapters, revisionOf(PolicyDocument.For(governance.Chapters)))),
            new("technologies.yaml", Text(governance.Table.Technologies, revisionOf)),
            .. governance.Table.Instruments.Select(instrument => new WrittenFile(
                $"instruments/{instrument.Id}.yaml",
                InstrumentWriter.Write(instrument, revisionOf(PolicyDocument.For(instrument)))
            )),
            .. governance.Wordings.Select(wording => new WrittenFile(
                $"notices/{wording.Language}.yaml",
                Text(wording, revisionOf(PolicyDocument.For(wording)))
            )),
            .. Schemas.Select(name => new WrittenFile($"schema/{name}.json", Schema(name))),
        ];
    }

    /// <summary>Returns the text of an instrument's file.</summary>
    public static string Text(Instrument instrument)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        return InstrumentWriter.Write(instrument, revision: null);
    }

    private static string Text(City city, int? revision) =>
        YamlWriter.WriteFile(
            "schema/city.json",
            yaml =>
            {
                yaml.Plain("revision", revision);
                yaml.Text("name", city.Name);
                yaml.Plain("sample", PolicyValues.Flag(city.IsSample));
                yaml.Text("time_zone", city.TimeZone);
                yaml.FlowList("languages", city.Languages);
                yaml.Plain("notice_valid_seconds", city.NoticeValidSeconds);
                yaml.List("departments", city.Departments, Write);
                yaml.Map("records", keys => Write(keys, city.Records));
                yaml.List("out_of_scope", city.OutOfScope, Write);
            }
        );

    private static void Write(YamlWriter yaml, Department department)
    {
        yaml.Text("id", department.Id);
        yaml.Text("name", department.Name);
        yaml.Text("phone", department.Phone);
    }

    private static void Write(YamlWriter yaml, RecordsPortal records)
    {
        yaml.Text("name", records.Name);
        yaml.Text("url", records.Url);
        yaml.Text("phone", records.Phone);
        yaml.Plain("reply_within_business_days", records.ReplyWithinBusinessDays);
        yaml.Text("law", records.Law);
    }

    private static void Write(YamlWriter yaml, OutOfScope subject)
    {
        yaml.Text("name", subject.Name);
        yaml.Text("why", subject.Why);
        PolicyValues.Write(yaml, subject.Source);
    }

    private static string Text(KnownChapters chapters, int? revision) =>
        YamlWriter.WriteFile(
            "schema/chapters.json",
            yaml =>
            {
                yaml.Plain("revision", revision);
                yaml.Map(
                    "chapters",
                    keys =>
                    {
                        foreach (var (code, numbers) in chapters.Chapters)
                            keys.FlowList(code, numbers);
                    }
                );
            }
        );

    private static string Text(ImmutableArray<Technology> technologies, Func<PolicyDocument, int?> revisionOf) =>
        YamlWriter.WriteFile(
            "schema/technologies.json",
            yaml =>
                yaml.List(
                    "technologies",
                    technologies,
                    (keys, technology) => Write(keys, technology, revisionOf(PolicyDocument.For(technology)))
                )
        );

    private static void Write(YamlWriter yaml, Technology technology, int? revision)
    {
        yaml.Text("id", technology.Id);
        yaml.Plain("revision", revision);
        yaml.Text("name", technology.Name);
        if (technology is { Purpose: { } purpose, PurposeSource: { } source })
        {
            yaml.Map(
                "purpose",
                keys =>
                {
                    keys.Text("text", purpose);
                    PolicyValues.Write(keys, source);
                }
            );
        }

        if (technology.Statement is { } row)
        {
            yaml.Map(
                "statement",
                keys =>
                {
                    keys.Text("technology", row.Technology);
                    keys.Text("governance", row.Governance);
                    keys.Text("instrument", row.Instrument);
                }
            );
        }

        if (technology.IsRetired)
            yaml.Plain("retired", PolicyValues.Flag(true));
    }

    private static string Text(Wording wording, int? revision) =>
        YamlWriter.WriteFile(
            "../schema/notice-wording.json",
            yaml =>
            {
                yaml.Plain("revision", revision);
                yaml.Text("language", wording.Language);
                yaml.Plain("direction", wording.Direction);
                yaml.Plain("reviewed", PolicyValues.Flag(wording.Reviewed));
                yaml.Map(
                    "texts",
                    keys =>
                    {
                        foreach (var (key, text) in wording.Texts)
                            keys.Text(key, text);
                    }
                );
            }
        );

    private static string Schema(string name)
    {
        using var reader = new StreamReader(typeof(PolicyWriter).Assembly.GetManifestResourceStream($"schema/{name}.json")!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
