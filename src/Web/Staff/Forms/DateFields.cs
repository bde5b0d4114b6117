using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Staff.Forms;

/// <summary>Fields for dates of law, which people may write as they are used to.</summary>
internal static class DateFields
{
    /// <summary>A date as a field shows it: no more exact than it is known, and with the month as a word.</summary>
    public static string Show(LawDate? date) => date is { } known ? PlainLanguage.Date(known) : "";

    /// <summary>Reads a field; null when it is empty, or when it has no date: then an error is added.</summary>
    public static LawDate? Read(IFormCollection form, string field, List<FieldError> errors)
    {
        if (form.Text(field) is not { } text)
            return null;
        var date = LawDateReader.Read(text, out var problem);
        if (problem is not null)
            errors.Add(new(field, problem));
        return date;
    }
}
