using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Imports;

/// <summary>Reads the mapping and the decisions of a list from their forms.</summary>
internal static class MappingForm
{
    /// <summary>Reads the mapping.</summary>
    /// <param name="before">Its name stays.</param>
    public static Outcome<ListMapping> Read(IFormCollection form, ListMapping before)
    {
        var (words, problem) = ReadWords(form["words"].ToString());
        if (problem is not null)
            return problem;
        Domain.Json.TryWord<FactOrigin>(form.Text("source"), out var source);
        return new ListMapping
        {
            List = before.List,
            Options = new ListOptions(form.Text("encoding"), before.Options.Separator, form.Text("sheet")),
            Columns = Fields(form, "column-"),
            Defaults = Fields(form, "default-"),
            Words = words,
            Source = source,
            Confidence = Domain.Json.TryWord<Confidence>(form.Text("confidence"), out var confidence) ? confidence : Confidence.Unsure,
            InspectedOn = FormText.TryDate(form.Text("inspectedOn"), out var day) ? day : null,
        };
    }

    /// <summary>The words of a mapping, one a line.</summary>
    public static string WriteWords(ListMapping mapping) =>
        string.Join('\n', mapping.Words.SelectMany(field => field.Value.Select(word => $"{field.Key}: {word.Key} = {word.Value}")));

    /// <summary>Reads the decisions.</summary>
    public static ImportDecisions ReadDecisions(IFormCollection form)
    {
        var (rows, gone) = (ImmutableArray.CreateBuilder<DecidedRow>(), ImmutableArray.CreateBuilder<DecidedGone>());
        foreach (var field in form.Keys)
        {
            if (
                field.StartsWith("row-", StringComparison.Ordinal)
                && int.TryParse(field.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var row)
                && Domain.Json.TryWord<RowDecision>(form.Text(field), out var take)
            )
                rows.Add(new DecidedRow(row, take, take == RowDecision.Same ? form.Text($"device-{row}") : null));
            else if (
                field.StartsWith("gone-", StringComparison.Ordinal) && Domain.Json.TryWord<GoneDecision>(form.Text(field), out var decision)
            )
                gone.Add(new DecidedGone(field[5..], decision));
        }

        return new ImportDecisions
        {
            Rows = rows.ToImmutable(),
            Gone = gone.ToImmutable(),
            OtherDuplicates = Domain.Json.TryWord<RowDecision>(form.Text("other-duplicates"), out var others) ? others : null,
            OtherGone = Domain.Json.TryWord<GoneDecision>(form.Text("other-gone"), out var otherGone) ? otherGone : null,
        };
    }

    private static ImmutableSortedDictionary<string, string> Fields(IFormCollection form, string prefix) =>
        ListFields
            .All.Select(field => KeyValuePair.Create(field, form.Text(prefix + field)))
            .Where(field => field.Value is not null)
            .ToImmutableSortedDictionary(field => field.Key, field => field.Value!, StringComparer.Ordinal);

    private static (ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>> Words, Refusal? Problem) ReadWords(
        string text
    )
    {
        var words = ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (colon, equals) = (line.IndexOf(':', StringComparison.Ordinal), line.LastIndexOf('=', line.Length - 1));
            var field = colon < 0 ? "" : line[..colon].Trim();
            if (colon < 0 || equals < colon || !ListFields.All.Contains(field))
                return (
                    words,
                    new Refusal(
                        RefusalCodes.Invalid,
                        $"“{line}”: expected a field, a colon, a word, an equals sign and a meaning.",
                        "words"
                    )
                );
            var known = words.GetValueOrDefault(field) ?? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
            words = words.SetItem(field, known.SetItem(line[(colon + 1)..equals].Trim(), line[(equals + 1)..].Trim()));
        }

        return (words, null);
    }
}
