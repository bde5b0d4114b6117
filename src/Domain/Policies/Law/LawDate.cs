using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Policies.Law;

/// <summary>How exactly a date of law is known. <c>Unknown</c>: there is one, and no source states it. <c>Open</c>: there is none
/// yet.</summary>
public enum DatePrecision
{
    Year,
    Month,
    Day,
    Unknown,
    Open,
}

/// <summary>
/// A date as a law or a manual states it: <c>1979</c>, <c>2006-07</c> or <c>2019-02-01</c>. A part that was not stated is never
/// invented: <see cref="Earliest"/> and <see cref="Latest"/> bound the days that the date may mean. Years 1800 to 2199.
/// </summary>
[JsonConverter(typeof(LawDateJson))]
public readonly record struct LawDate : IComparable<LawDate>
{
    private LawDate(int year, int? month, int? day) => (Year, Month, Day) = (year, month, day);

    public int Year { get; }
    public int? Month { get; }
    public int? Day { get; }

    public DatePrecision Precision =>
        this switch
        {
            { Day: not null } => DatePrecision.Day,
            { Month: not null } => DatePrecision.Month,
            _ => DatePrecision.Year,
        };

    /// <summary>The first day that the stated date may mean.</summary>
    public DateOnly Earliest => new(Year, Month ?? 1, Day ?? 1);

    /// <summary>The last day that the stated date may mean.</summary>
    public DateOnly Latest => new(Year, Month ?? 12, Day ?? DateTime.DaysInMonth(Year, Month ?? 12));

    /// <summary>A date stated to the day.</summary>
    public static LawDate FromDay(int year, int month, int day) => new(new DateOnly(year, month, day).Year, month, day);

    /// <summary>
    /// Reads <c>YYYY</c>, <c>YYYY-MM</c> or <c>YYYY-MM-DD</c>; false for any other form and for a day that the calendar does not have.
    /// </summary>
    public static bool TryParse(string? text, out LawDate date)
    {
        date = default;
        if (text is null || text.Length is not (4 or 7 or 10))
            return false;
        if (!TryPart(text, 0, 4, 1800, 2199, out var year))
            return false;
        if (text.Length == 4)
        {
            date = new LawDate(year, null, null);
            return true;
        }

        if (text[4] != '-' || !TryPart(text, 5, 2, 1, 12, out var month))
            return false;
        if (text.Length == 7)
        {
            date = new LawDate(year, month, null);
            return true;
        }

        if (text[7] != '-' || !TryPart(text, 8, 2, 1, DateTime.DaysInMonth(year, month), out var day))
            return false;
        date = new LawDate(year, month, day);
        return true;
    }

    /// <summary>Reads a date of law. Throws <see cref="FormatException"/> when the text does not have its form.</summary>
    public static LawDate Parse(string text) =>
        TryParse(text, out var date)
            ? date
            : throw new FormatException($"'{text}' is not a date of law: expected YYYY, YYYY-MM or YYYY-MM-DD.");

    /// <summary>The date as stated, no more exact than it was.</summary>
    public override string ToString() =>
        Precision switch
        {
            DatePrecision.Year => Year.ToString("0000", CultureInfo.InvariantCulture),
            DatePrecision.Month => string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-{Month:00}"),
            DatePrecision.Day => string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-{Month:00}-{Day:00}"),
            DatePrecision.Unknown or DatePrecision.Open or _ => throw new UnreachableException(
                $"A date of law has a day, a month or a year, not {Precision}."
            ),
        };

    public int CompareTo(LawDate other) => (Earliest, Latest).CompareTo((other.Earliest, other.Latest));

    public static bool operator <(LawDate left, LawDate right) => left.CompareTo(right) < 0;

    public static bool operator >(LawDate left, LawDate right) => left.CompareTo(right) > 0;

    public static bool operator <=(LawDate left, LawDate right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LawDate left, LawDate right) => left.CompareTo(right) >= 0;

    private static bool TryPart(string text, int start, int length, int min, int max, out int value) =>
        int.TryParse(text.AsSpan(start, length), NumberStyles.None, CultureInfo.InvariantCulture, out value)
        && value >= min
        && value <= max;
}

/// <summary>Reads and writes a date of law as the text that was stated.</summary>
public sealed class LawDateJson : JsonConverter<LawDate>
{
    public override LawDate Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        LawDate.TryParse(reader.GetString(), out var date) ? date : throw new JsonException("Expected YYYY, YYYY-MM or YYYY-MM-DD.");

    public override void Write(Utf8JsonWriter writer, LawDate value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
