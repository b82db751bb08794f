"""The exceptions of Frappe's API that an app raises, catches or sees as a reply."""


def _error(name: str, base: type[Exception] = Exception, status: int | None = None) -> type[Exception]:
	return type(name, (base,), {"__module__": __name__, **({"http_status_code": status} if status else {})})


# a rule refuses what was asked
ValidationError = _error("ValidationError", Exception, 417)
MandatoryError = _error("MandatoryError", ValidationError)
NonNegativeError = _error("NonNegativeError", ValidationError)
UniqueValidationError = _error("UniqueValidationError", ValidationError)
CharacterLengthExceededError = _error("CharacterLengthExceededError", ValidationError)
InvalidEmailAddressError = _error("InvalidEmailAddressError", ValidationError)
InvalidPhoneNumberError = _error("InvalidPhoneNumberError", ValidationError)
LinkValidationError = _error("LinkValidationError", ValidationError)
CancelledLinkError = _error("CancelledLinkError", LinkValidationError)
LinkExistsError = _error("LinkExistsError", ValidationError)
CannotChangeConstantError = _error("CannotChangeConstantError", ValidationError)
UpdateAfterSubmitError = _error("UpdateAfterSubmitError", ValidationError)
DocstatusTransitionError = _error("DocstatusTransitionError", ValidationError)
TimestampMismatchError = _error("TimestampMismatchError", ValidationError)
DataError = _error("DataError", ValidationError)
PrintFormatError = _error("PrintFormatError", ValidationError)
TemplateNotFoundError = _error("TemplateNotFoundError", ValidationError)
MaxFileSizeReachedError = _error("MaxFileSizeReachedError", ValidationError)
AppNotInstalledError = _error("AppNotInstalledError", ValidationError)
FrappeTypeError = _error("FrappeTypeError", TypeError, 417)
SecurityException = _error("SecurityException", Exception, 417)

# it is not there, or its name is taken
DoesNotExistError = _error("DoesNotExistError", ValidationError, 404)
PageDoesNotExistError = _error("PageDoesNotExistError", ValidationError, 404)
IncorrectSitePath = _error("IncorrectSitePath", ValidationError, 404)
NameError = _error("NameError", Exception, 409)
DuplicateEntryError = _error("DuplicateEntryError", NameError)

# who asks, and where to go
AuthenticationError = _error("AuthenticationError", Exception, 401)
PermissionError = _error("PermissionError", Exception, 403)
CSRFTokenError = _error("CSRFTokenError", Exception, 400)
Redirect = _error("Redirect", Exception, 301)
SessionStopped = _error("SessionStopped", Exception, 503)

# the database, the jobs
QueryTimeoutError = _error("QueryTimeoutError")
QueryDeadlockError = _error("QueryDeadlockError")
RetryBackgroundJobError = _error("RetryBackgroundJobError")
