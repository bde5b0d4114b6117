using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.CitySettings;

/// <summary>The city's own settings: its name, its languages, and where people ask for records.</summary>
public sealed class CityModel(IGrainFactory grains) : CityPageModel(grains)
{
    public async Task OnGetAsync()
    {
        await LoadAsync();
        Fields = ValuesOf(City);
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!MayAct)
            return Forbid();
        await LoadAsync();
        Fields = ValuesOf(City);
        ImmutableArray<FieldError> errors =
        [
            .. ((string[])["name", "records-name", "records-phone", "records-law"])
                .Where(field => Request.Form.Text(field) is null)
                .Select(field => new FieldError(field, "Enter it: every notice states it.")),
            .. Number("records-days", 1, 365, out _),
            .. Number("valid-seconds", 1, int.MaxValue, out _),
        ];
        return errors.IsEmpty ? await DraftAsync(Read, [], FieldOf) : Invalid(errors);
    }

    private static ImmutableDictionary<string, string> ValuesOf(City city) =>
        new Dictionary<string, string>
        {
            ["name"] = city.Name,
            ["time-zone"] = city.TimeZone,
            ["languages"] = string.Join(", ", city.Languages),
            ["records-name"] = city.Records.Name,
            ["records-url"] = city.Records.Url,
            ["records-phone"] = city.Records.Phone,
            ["records-days"] = city.Records.ReplyWithinBusinessDays.ToString(CultureInfo.InvariantCulture),
            ["records-law"] = city.Records.Law,
            ["valid-seconds"] = city.NoticeValidSeconds.ToString(CultureInfo.InvariantCulture),
        }.ToImmutableDictionary();

    private City Read(City before)
    {
        var form = Request.Form;
        Number("records-days", 1, 365, out var days);
        Number("valid-seconds", 1, int.MaxValue, out var seconds);
        string[] languages = [.. Text("languages").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        return before with
        {
            Name = Text("name"),
            TimeZone = Text("time-zone"),
            // Two equal lists are not equal as values.
            Languages = before.Languages.SequenceEqual(languages) ? before.Languages : [.. languages],
            Records = new RecordsPortal(Text("records-name"), Text("records-url"), Text("records-phone"), days, Text("records-law")),
            NoticeValidSeconds = seconds,
        };

        string Text(string field) => form.Text(field) ?? "";
    }

    private IEnumerable<FieldError> Number(string field, int least, int most, out int number) =>
        int.TryParse(Request.Form.Text(field), NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && number >= least
        && number <= most
            ? []
            : [new FieldError(field, most == int.MaxValue ? "Enter a number." : $"Enter a number from {least} to {most}.")];

    private static string FieldOf(string part) =>
        part switch
        {
            "timeZone" => "time-zone",
            "noticeValidSeconds" => "valid-seconds",
            "records" or "url" => "records-url",
            "name" or "languages" => part,
            _ => "",
        };
}
