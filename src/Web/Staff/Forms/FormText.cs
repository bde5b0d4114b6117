using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace SurveillanceRegistry.Web.Staff.Forms;

/// <summary>Reads text from submitted forms.</summary>
internal static class FormText
{
    /// <summary>The format in which browsers submit a field of the type <c>date</c>.</summary>
    public const string DateFormat = "yyyy-MM-dd";

    /// <summary>The trimmed text of a field; null when it is empty or missing.</summary>
    public static string? Text(this IFormCollection form, string field) =>
        form[field].ToString().Trim() is { Length: > 0 } text ? text : null;

    /// <summary>Every submitted field with its value; several values of one field are separated by commas.</summary>
    public static ImmutableDictionary<string, string> ToFields(this IFormCollection form) =>
        form.ToImmutableDictionary(field => field.Key, field => field.Value.ToString());

    public static bool TryDate(string? text, out DateOnly date) =>
        DateOnly.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    public static string Write(DateOnly date) => date.ToString(DateFormat, CultureInfo.InvariantCulture);

    /// <summary>The version that a form was opened with; 0, which no register has, when it is not a number.</summary>
    public static int Version(this IFormCollection form) =>
        int.TryParse(form.Text("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}
