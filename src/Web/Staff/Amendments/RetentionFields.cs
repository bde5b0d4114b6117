using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Amendments;

/// <summary>
/// The retention periods of a rule as rows of fields: at least or at most, a number, its unit, the data, a note. Rows without a bound state
/// nothing, so that a row is removed by choosing no bound.
/// </summary>
internal static class RetentionFields
{
    /// <summary>The most rows of a form.</summary>
    public const int MaxRows = 50;

    private const string Days = "days",
        Weeks = "weeks",
        Months = "months",
        Years = "years";

    private const int DaysOfWeek = 7;

    /// <summary>The units in which a period can be entered, with their words.</summary>
    public static readonly ImmutableArray<(string Value, string Label)> Units =
    [
        (Days, "days"),
        (Weeks, "weeks"),
        (Months, "months"),
        (Years, "years"),
        (Domain.Json.Word(RetentionEvent.EndOfShift), "until the end of the shift"),
        (Domain.Json.Word(RetentionEvent.EndOfSentence), "until the end of the sentence"),
    ];

    /// <summary>The bounds, with their words.</summary>
    public static readonly ImmutableArray<(string Value, string Label)> Bounds =
    [
        (Domain.Json.Word(RetentionBound.Limit), "at most (a limit)"),
        (Domain.Json.Word(RetentionBound.Minimum), "at least (a minimum)"),
        (Domain.Json.Word(RetentionBound.Practice), "in practice (what is done)"),
    ];

    /// <summary>The number of rows that a form shows: those of the rule, those that were submitted, and two empty ones.</summary>
    /// <param name="fields">The fields of the form.</param>
    public static int RowsFor(int retentions, IReadOnlyDictionary<string, string> fields) =>
        Math.Min(
            Math.Max(
                retentions,
                Enumerable.Range(0, MaxRows).LastOrDefault(row => fields.GetValueOrDefault(Name(row, "bound"), "").Length > 0) + 1
            ) + 2,
            MaxRows
        );

    /// <summary>The name of a field of a row.</summary>
    public static string Name(int row, string field) => string.Create(CultureInfo.InvariantCulture, $"retention-{row}-{field}");

    /// <summary>The fields of retention periods, by name.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Show(ImmutableArray<Retention> retentions) =>
        retentions
            .Take(MaxRows)
            .SelectMany(
                (retention, row) =>
                    new (string Field, string Value)[]
                    {
                        ("bound", Domain.Json.Word(retention.Bound)),
                        ("number", (retention.Days ?? retention.Months ?? retention.Years)?.ToString(CultureInfo.InvariantCulture) ?? ""),
                        ("unit", UnitOf(retention)),
                        ("class", retention.DataClass ?? ""),
                        ("note", retention.Note ?? ""),
                    }.Select(field => KeyValuePair.Create(Name(row, field.Field), field.Value))
            );

    /// <summary>Reads the rows that have a bound. Adds an error at the field for each row that cannot be read.</summary>
    public static ImmutableArray<Retention> Read(IFormCollection form, List<FieldError> errors)
    {
        var retentions = ImmutableArray.CreateBuilder<Retention>();
        for (var row = 0; row < MaxRows; row++)
        {
            var bound = form.Text(Name(row, "bound"));
            if (bound is null)
                RequireEmpty(form, row, errors);
            else if (ReadRow(form, row, bound, errors) is { } retention)
                retentions.Add(retention);
        }

        return retentions.ToImmutable();
    }

    private static Retention? ReadRow(IFormCollection form, int row, string boundWord, List<FieldError> errors)
    {
        if (!Domain.Json.TryWord(boundWord, out RetentionBound bound))
        {
            errors.Add(new(Name(row, "bound"), $"“{boundWord}” is no bound: choose at most, at least or in practice."));
            return null;
        }

        var (dataClass, note, unit) = (form.Text(Name(row, "class")), form.Text(Name(row, "note")), form.Text(Name(row, "unit")));
        var number = form.Text(Name(row, "number"));
        if (Domain.Json.TryWord(unit, out RetentionEvent until))
        {
            if (number is null)
                return new Retention(bound, null, until, dataClass, note);
            errors.Add(new(Name(row, "number"), $"“{number}” stands beside a period that an event ends: leave the number empty."));
            return null;
        }

        if (OtherUnit(number, unit) is { } other)
        {
            errors.Add(
                new(Name(row, "number"), $"“{number}” stands beside the unit “{unit}”: choose “{other}”, or enter the number alone.")
            );
            return null;
        }

        if (ReadAmount(number, unit) is { } amount)
            return unit switch
            {
                Months => new Retention(bound, null, null, dataClass, note) { Months = amount },
                Years => new Retention(bound, null, null, dataClass, note) { Years = amount },
                Weeks => new Retention(bound, amount * DaysOfWeek, null, dataClass, note),
                _ => new Retention(bound, amount, null, dataClass, note),
            };
        errors.Add(
            new(
                Name(row, "number"),
                $"“{number}” is no number of {unit ?? Days}: enter a whole number, at most {MostOf(unit)} {unit ?? Days}."
            )
        );
        return null;
    }

    /// <summary>The unit that stands beside the number, when another one is chosen: it is not known which of them is meant.</summary>
    private static string? OtherUnit(string? number, string? unit) => UnitOf(number) is { } written && written != unit ? written : null;

    private static string? UnitOf(string? number) =>
        number?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var word]
            ? word.ToLowerInvariant() switch
            {
                "day" or Days => Days,
                "week" or Weeks => Weeks,
                "month" or Months => Months,
                "year" or Years => Years,
                _ => null,
            }
            : null;

    private static int? ReadAmount(string? number, string? unit) =>
        unit is Days or Weeks or Months or Years
        && int.TryParse(
            UnitOf(number) is null ? number : number!.Split(' ', 2)[0],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var count
        )
        && count <= MostOf(unit)
        && (count > 0 || unit is Days or Weeks)
            ? count
            : null;

    private static int MostOf(string? unit) =>
        unit switch
        {
            Weeks => PolicyValidator.MaxDays / DaysOfWeek,
            Months => PolicyValidator.MaxMonths,
            Years => PolicyValidator.MaxYears,
            _ => PolicyValidator.MaxDays,
        };

    private static string UnitOf(Retention retention) =>
        retention switch
        {
            { Event: { } until } => Domain.Json.Word(until),
            { Months: not null } => Months,
            { Years: not null } => Years,
            _ => Days,
        };

    /// <summary>A period without a bound can be meant as a limit or as a minimum: it is not dropped in silence.</summary>
    private static void RequireEmpty(IFormCollection form, int row, List<FieldError> errors)
    {
        // A row that had a period, and whose bound was taken away, is removed. The form says so.
        if (form[Name(row, "was")].ToString().Length == 0 && form.Text(Name(row, "number")) is { } number)
            errors.Add(new(Name(row, "bound"), $"Choose whether “{number}” is the most, the least or what is done."));
    }
}
