using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies.Instruments;

/// <summary>Writes the file of an instrument; <see cref="InstrumentFile"/> reads it back.</summary>
internal static class InstrumentWriter
{
    /// <summary>Returns the text of the file.</summary>
    /// <param name="revision">The revision that is written, and then the identities of versions too; null for a file without them.</param>
    public static string Write(Instrument instrument, int? revision) =>
        YamlWriter.WriteFile(
            "../schema/instrument.json",
            yaml =>
            {
                yaml.Text("id", instrument.Id);
                yaml.Plain("revision", revision);
                yaml.Plain("kind", Json.Word(instrument.Kind));
                yaml.Text("citation", instrument.Citation);
                yaml.Text("authority", instrument.Authority);
                yaml.Text("url", instrument.Url);
                yaml.List("versions", instrument.Versions, (keys, version) => Write(keys, version, revision is not null));
            }
        );

    private static void Write(YamlWriter yaml, InstrumentVersion version, bool withId)
    {
        if (withId)
            yaml.Text("id", version.Id);
        yaml.Text("title", version.Title);
        yaml.FlowMap("effective", keys => Write(keys, EffectivePeriodText.ForVersion(version)));
        yaml.Plain("passed", version.Passed);
        yaml.Plain("signed", version.Signed);
        yaml.Plain("filed", version.Filed);
        yaml.Text("by", version.By);
        yaml.Text("superseded_by", version.SupersededBy);
        PolicyValues.Write(yaml, version.Source);
        yaml.Map(
            "governs",
            technologies =>
            {
                foreach (var rule in version.Rules)
                    technologies.Map(rule.Technology, keys => Write(keys, rule));
            }
        );
    }

    private static void Write(YamlWriter yaml, EffectivePeriodText period)
    {
        yaml.Plain("from", period.From);
        yaml.Plain("not_before", period.NotBefore);
        yaml.Plain("known_by", period.KnownBy);
        yaml.Text("condition", period.Condition);
        yaml.Plain("to", period.To);
        yaml.Plain("ended_by", period.EndedBy);
    }

    private static void Write(YamlWriter yaml, Rule rule)
    {
        yaml.FlowList("capture", rule.Capture.Select(Json.Word));
        if (!rule.Departments.IsEmpty)
            yaml.FlowList("departments", rule.Departments);
        if (rule.Pauses)
            yaml.Plain("pauses", PolicyValues.Flag(true));
        yaml.List("retention", rule.Retention, Write);
        yaml.List("notice", rule.Notice, Write);
        if (rule.RecordsAccess.Text is null)
            yaml.FlowMap("records_access", keys => Write(keys, rule.RecordsAccess));
        else
            yaml.Map("records_access", keys => Write(keys, rule.RecordsAccess));
        yaml.List("purposes", rule.Purposes);
        yaml.List("prohibited_uses", rule.ProhibitedUses);
        yaml.Text("sharing", rule.Sharing);
        yaml.Text("note", rule.Note);
        yaml.Text("owner", rule.Owner);
        yaml.Plain("review_by", rule.ReviewBy is { } day ? PolicyValues.Day(day) : null);
    }

    private static void Write(YamlWriter yaml, Retention retention)
    {
        yaml.Plain("bound", Json.Word(retention.Bound));
        yaml.Plain("days", retention.Days);
        yaml.Plain("months", retention.Months);
        yaml.Plain("years", retention.Years);
        yaml.Plain("event", retention.Event is { } ends ? Json.Word(ends) : null);
        yaml.Text("data_class", retention.DataClass);
        yaml.Text("note", retention.Note);
    }

    private static void Write(YamlWriter yaml, RequiredNotice notice)
    {
        yaml.Plain("duty", Json.Word(notice.Duty));
        yaml.Plain("days", notice.Days);
    }

    private static void Write(YamlWriter yaml, RecordsAccess access)
    {
        yaml.Plain("access", Json.Word(access.Access));
        yaml.Text("text", access.Text);
    }
}
